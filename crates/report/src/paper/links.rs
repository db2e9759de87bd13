//! Where the codes of printed pages lead.
//!
//! Invariant: a code leads to the console given or dials a number of the map, nowhere else.

use hospital::Site;
use maud::{Markup, html};

use super::or_line;
use crate::plain;

/// The console that codes lead to, if there is one.
#[derive(Clone, Debug, Default)]
pub struct Links {
    base: Option<String>,
}

impl Links {
    /// Codes lead to no console: they hold telephone numbers.
    #[must_use]
    pub fn none() -> Links {
        Links::default()
    }

    /// Codes lead to the console at `base`, an `http` or `https` address; `None` for anything else.
    #[must_use]
    pub fn to(base: &str) -> Option<Links> {
        let host = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://"))?;
        let sound = host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')
            && base.chars().all(|c| c.is_ascii_graphic() && !"\"<>\\^`{|}?#".contains(c));
        sound.then(|| Links { base: Some(base.trim_end_matches('/').to_owned()) })
    }

    /// The console's first page.
    #[must_use]
    pub fn home(&self) -> Option<String> {
        self.base.as_ref().map(|base| format!("{base}/"))
    }

    /// The console's page of a care service.
    #[must_use]
    pub fn ward(&self, service: &str) -> Option<String> {
        self.base.as_ref().map(|base| format!("{base}/wards/{}", percent(service)))
    }
}

/// Ids are slugs, but a map in use may still hold others.
fn percent(id: &str) -> String {
    id.bytes().fold(String::new(), |url, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => url + &char::from(byte).to_string(),
        _ => format!("{url}%{byte:02X}"),
    })
}

/// A site's number that survives, to be dialled at a touch where the page is read on a telephone.
pub(super) fn phone(site: &Site) -> Markup {
    match site.emergency_phone.as_deref() {
        Some(number) => html! { a href=(tel(number)) { (plain(number)) } },
        None => or_line(None),
    }
}

/// What a telephone dials when it reads the code.
pub(super) fn tel(number: &str) -> String {
    format!("tel:{}", number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_followed() {
        let links = Links::to("https://rempart.example:8787/").unwrap();
        assert_eq!(links.home().unwrap(), "https://rempart.example:8787/");
        assert_eq!(links.ward("north er").unwrap(), "https://rempart.example:8787/wards/north%20er");
        for bad in
            ["javascript:alert(1)", "rempart.example", "https://", "https://a b", "http://a/?q=1", "ftp://a"]
        {
            assert!(Links::to(bad).is_none(), "{bad}");
        }
        assert!(Links::none().ward("north-er").is_none());
    }

    #[test]
    fn a_number_is_dialled_without_its_spaces() {
        assert_eq!(tel("+33 1 99 00 01 10"), "tel:+33199000110");
    }
}
