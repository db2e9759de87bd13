//! Whom to call: a line a contact, each followed by those who stand in.
//!
//! Invariant: every contact is listed once, even where stand-ins stand in for each other.

use assess::Words;
use hospital::{Contact, Map};
use jiff::Timestamp;
use maud::{Markup, html};

use super::links::tel;
use super::{heads, or_line, running};
use crate::plain;

const COLUMNS: [(Option<&str>, &str); 4] = [
    (Some("who"), "column-recipient"),
    (Some("how"), "paper-reach"),
    (Some("without"), "paper-survives"),
    (Some("by-hand"), "paper-reached"),
];

/// The table of contacts, its heading repeated on each page.
pub(super) fn contacts(map: &Map, words: &Words, at: Timestamp) -> Markup {
    html! {
        section.page.contacts {
            table {
                thead {
                    (running(&map.name, "paper-contacts", Some("paper-contacts-about"), words, at))
                    (heads(words, &COLUMNS))
                }
                tbody {
                    @for (contact, principal) in in_order(&map.contacts) { (line(contact, principal, words)) }
                    @if map.contacts.is_empty() { @for _ in 0..12 { tr.empty { td {} td {} td {} td {} } } }
                }
            }
        }
    }
}

fn line(contact: &Contact, principal: Option<&Contact>, words: &Words) -> Markup {
    let role = contact.role.as_ref().filter(|role| principal.is_none_or(|it| it.role.as_ref() != Some(role)));
    html! {
        tr.stand-in[principal.is_some()] {
            td {
                b { (plain(&contact.name)) }
                @if let Some(role) = role { br; span.soft { (plain(role)) } }
                @if let Some(principal) = principal {
                    br;
                    span.soft {
                        @let name = plain(&principal.name).into_owned().into();
                        (words.say_with("paper-stands-in", &[("name", name)]))
                    }
                }
            }
            td {
                @for text in &contact.channels { (channel(text, words)) }
                @if contact.channels.is_empty() { (or_line(None)) }
            }
            td { @for text in &contact.survives { p { (survives(text, words)) } } }
            td.by-hand {}
        }
    }
}

/// Contacts in the order of the map, each followed by those who stand in for it.
fn in_order(contacts: &[Contact]) -> Vec<(&Contact, Option<&Contact>)> {
    let principal = |contact: &Contact| {
        let id = contact.stands_in_for.as_deref()?;
        contacts.iter().find(|other| other.id == id)
    };
    let mut order: Vec<(&Contact, Option<&Contact>)> = Vec::new();
    let roots = contacts.iter().filter(|contact| principal(contact).is_none());
    for root in roots.chain(contacts) {
        let mut waiting = vec![root];
        while let Some(contact) = waiting.pop() {
            if order.iter().any(|(seen, _)| std::ptr::eq(*seen, contact)) {
                continue;
            }
            order.push((contact, principal(contact)));
            let stand_ins =
                contacts.iter().rev().filter(|it| it.stands_in_for.as_deref() == Some(contact.id.as_str()));
            waiting.extend(stand_ins);
        }
    }
    order
}

/// `tel:+33199000111` as people read it: "telephone +33 1 99 00 01 11", dialled at a touch.
fn channel(text: &str, words: &Words) -> Markup {
    let Some((scheme, address)) = text.split_once(':') else { return html! { p { b { (plain(text)) } } } };
    let key = format!("paper-channel-{scheme}");
    let way = if words.has(&key) { words.say(&key) } else { plain(scheme).into_owned() };
    html! {
        p {
            span.soft { (way) } " "
            @match scheme {
                "tel" | "sms" => b { a href=(tel(address)) { (number(address)) } },
                _ => b { (plain(address)) },
            }
        }
    }
}

/// A French number in pairs; any other as it was written.
fn number(text: &str) -> String {
    match text.strip_prefix("+33") {
        Some(digits) if digits.len() == 9 && digits.bytes().all(|it| it.is_ascii_digit()) => {
            let (first, rest) = digits.split_at(1);
            let pairs: Vec<&str> = (0..4).map(|pair| &rest[2 * pair..2 * pair + 2]).collect();
            format!("+33 {first} {}", pairs.join(" "))
        }
        _ => plain(text).into_owned(),
    }
}

fn survives(text: &str, words: &Words) -> String {
    let key = format!("paper-without-{text}");
    if words.has(&key) { words.say(&key) } else { plain(text).into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(id: &str, stands_in_for: Option<&str>) -> Contact {
        Contact {
            id: id.to_owned(),
            name: id.to_owned(),
            role: None,
            stands_in_for: stands_in_for.map(str::to_owned),
            channels: Vec::new(),
            survives: Vec::new(),
        }
    }

    #[test]
    fn stand_ins_follow_and_rings_end() {
        let list = [
            contact("deputy", Some("director")),
            contact("ciso", None),
            contact("director", None),
            contact("second", Some("deputy")),
            contact("a", Some("b")),
            contact("b", Some("a")),
        ];
        let order: Vec<&str> = in_order(&list).iter().map(|(contact, _)| contact.id.as_str()).collect();
        assert_eq!(order, ["ciso", "director", "deputy", "second", "a", "b"]);
    }

    #[test]
    fn numbers_read_in_pairs() {
        assert_eq!(number("+33199000111"), "+33 1 99 00 01 11");
        assert_eq!(number("+331990001é"), "+331990001é");
        assert_eq!(number("15"), "15");
    }
}
