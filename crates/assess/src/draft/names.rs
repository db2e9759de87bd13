//! Names as logs and inventories write them, made fit for the files of a map.
//!
//! Invariant: what comes out holds no control character, begins with no spreadsheet formula and is
//! bounded in length, whatever came in.

use std::collections::HashSet;
use std::net::IpAddr;

use super::observe::End;

/// Longest text kept, in characters.
const TEXT_MAX: usize = 120;
/// Longest host name kept, in bytes.
const HOST_MAX: usize = 253;
/// Longest slug, in bytes, before a number is added.
const SLUG_MAX: usize = 48;

/// Words that stand where a name is missing.
const NO_NAMES: [&str; 9] = ["", "-", "localhost", "n/a", "na", "unknown", "inconnu", "none", "null"];

/// One line of plain text: no controls, no invisible direction marks, spaces joined.
pub(crate) fn clean(text: &str) -> String {
    let plain = |it: char| if it.is_control() || hidden(it) { ' ' } else { it };
    let text: String = text.chars().take(TEXT_MAX * 4).map(plain).collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    let joined = words.join(" ");
    let formula = |it: char| matches!(it, '=' | '+' | '-' | '@' | '"' | '\'' | ' ');
    joined.trim_start_matches(formula).chars().take(TEXT_MAX).collect::<String>().trim_end().to_owned()
}

fn hidden(it: char) -> bool {
    matches!(it, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffd}')
}

/// Lower case without accents; whatever is neither letter nor digit becomes one space.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars().take(TEXT_MAX * 4).flat_map(char::to_lowercase) {
        match bare(letter) {
            Some(plain) => out.push_str(plain),
            None if letter.is_alphanumeric() => out.push(letter),
            None if !out.is_empty() && !out.ends_with(' ') => out.push(' '),
            None => {}
        }
    }
    out.trim_end().to_owned()
}

fn bare(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' => "a",
        'ç' => "c",
        'é' | 'è' | 'ê' | 'ë' => "e",
        'î' | 'ï' | 'í' | 'ì' => "i",
        'ñ' => "n",
        'ô' | 'ö' | 'ó' | 'ò' | 'õ' => "o",
        'ù' | 'û' | 'ü' | 'ú' => "u",
        'ÿ' => "y",
        'œ' => "oe",
        'æ' => "ae",
        _ => return None,
    })
}

/// A short, lower-case identifier of a text; nothing where no letter or digit is left.
pub(crate) fn slug(text: &str) -> Option<String> {
    let mut out = String::new();
    for letter in fold(text).chars() {
        match letter {
            'a'..='z' | '0'..='9' => out.push(letter),
            _ if !out.is_empty() && !out.ends_with('-') => out.push('-'),
            _ => {}
        }
        if out.len() >= SLUG_MAX {
            break;
        }
    }
    Some(out.trim_end_matches('-').to_owned()).filter(|it| !it.is_empty())
}

/// Identifiers given so far, over all kinds.
pub(crate) struct Ids(HashSet<String>);

impl Ids {
    /// None but the reserved one.
    pub(crate) fn new() -> Ids {
        Ids(HashSet::from(["internet".to_owned()]))
    }

    /// An identifier that no other has: `wanted`, or `wanted-2`, `wanted-3`…
    pub(crate) fn give(&mut self, wanted: &str) -> String {
        let mut id = wanted.to_owned();
        let mut number = 2;
        while !self.0.insert(id.clone()) {
            id = format!("{wanted}-{number}");
            number += 1;
        }
        id
    }
}

/// The machine that a text names: a host name or an address; nothing where it is neither.
pub(crate) fn end(text: &str) -> Option<End> {
    match address(text) {
        Some(ip) => usable(ip).then_some(End::Address(ip)),
        None => host(text).map(End::Host),
    }
}

/// A host name in lower case, without `\\`, the `$` of its account and the last dot.
pub(crate) fn host(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('\\').trim_end_matches(['$', '.']);
    let text = text.to_lowercase();
    let plain = |it: char| it.is_alphanumeric() || matches!(it, '-' | '_' | '.');
    let fits = text.len() <= HOST_MAX && text.chars().all(plain) && text.starts_with(char::is_alphanumeric);
    let named = !NO_NAMES.contains(&text.as_str()) && !text.starts_with("localhost.");
    (fits && named && address(&text).is_none()).then_some(text)
}

/// The name before the first dot, and the domain after it.
pub(crate) fn parts(host: &str) -> (&str, Option<&str>) {
    host.split_once('.').map_or((host, None), |(short, domain)| (short, Some(domain)))
}

/// An address, IPv4 within IPv6 as IPv4.
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches(['[', ']']);
    text.parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
}

/// Whether an address can be that of one machine.
pub(crate) fn usable(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(it) => {
            let ends = it.octets()[3];
            let none = it.is_loopback() || it.is_unspecified() || it.is_multicast() || it.is_link_local();
            !none && it.octets()[0] != 0 && it.octets()[0] < 240 && ends != 255 && ends != 0
        }
        IpAddr::V6(it) => {
            !(it.is_loopback() || it.is_unspecified() || it.is_multicast() || it.is_unicast_link_local())
        }
    }
}

/// Whether an address is inside: private, shared (RFC 6598) or unique local.
pub(crate) fn inside(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(it) => it.is_private() || (it.octets()[0] == 100 && it.octets()[1] & 0xC0 == 64),
        IpAddr::V6(it) => it.is_unique_local(),
    }
}

/// A hardware address, six bytes however they are separated; not that of nobody or everybody.
pub(crate) fn mac(text: &str) -> Option<[u8; 6]> {
    let digits: String = text.trim().chars().filter(|it| !matches!(it, ':' | '-' | '.')).collect();
    if digits.len() != 12 || !digits.bytes().all(|it| it.is_ascii_hexdigit()) {
        return None;
    }
    let bytes = u64::from_str_radix(&digits, 16).ok()?.to_be_bytes();
    let mac: [u8; 6] = bytes[2..].try_into().ok()?;
    (mac != [0; 6] && mac != [255; 6]).then_some(mac)
}

/// `/24` of an IPv4 address, `/64` of an IPv6 one: a slug part and the way people write it.
pub(crate) fn network(ip: IpAddr) -> (String, String) {
    match ip {
        IpAddr::V4(it) => {
            let [a, b, c, _] = it.octets();
            (format!("net-{a}-{b}-{c}"), format!("{a}.{b}.{c}.0/24"))
        }
        IpAddr::V6(it) => {
            let [a, b, c, d, ..] = it.segments();
            (format!("net-{a:x}-{b:x}-{c:x}-{d:x}"), format!("{a:x}:{b:x}:{c:x}:{d:x}::/64"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_fit() {
        assert_eq!(clean("=cmd|' /C calc'!A0\u{1b}[31m\u{202e}"), "cmd|' /C calc'!A0 [31m");
        assert_eq!(fold("Adresse  IP (n°1)"), "adresse ip n 1");
        assert_eq!(slug("Hôpital Nord / Bât. A").as_deref(), Some("hopital-nord-bat-a"));
        assert_eq!(slug("¿?"), None);
        for (text, expected) in [
            ("\\\\SRV-DC-01$", Some("srv-dc-01")),
            ("SRV-DC-01.hop.local.", Some("srv-dc-01.hop.local")),
            ("-", None),
            ("localhost", None),
            ("a b", None),
            ("10.0.0.1", None),
        ] {
            assert_eq!(host(text).as_deref(), expected, "{text}");
        }
        assert_eq!(end("::ffff:10.1.2.3"), Some(End::Address("10.1.2.3".parse().unwrap())));
        for nobody in ["127.0.0.1", "::1", "0.0.0.0", "224.0.0.1", "169.254.1.2", "10.0.0.255", "fe80::1"] {
            assert_eq!(end(nobody), None, "{nobody}");
        }
        let mut ids = Ids::new();
        assert_eq!([ids.give("a"), ids.give("a"), ids.give("internet")], ["a", "a-2", "internet-2"]);
    }
}
