//! Ward posters: how a ward reaches the console with any telephone.
//!
//! Invariant: one page a ward; the address and the short code stand in clear beside the QR code.

use assess::Words;
use hospital::Map;
use maud::{Markup, html};

use super::{file, qr_svg};
use crate::names::Names;
use crate::plain;

/// A ward's way into the console.
#[derive(Clone, Debug)]
pub struct WardLink {
    /// Id of the care service.
    pub service: String,
    /// Address that the QR code holds.
    pub url: String,
    /// Code to type where nothing can be scanned.
    pub code: String,
}

/// A poster for each of these wards, as one file.
#[must_use]
pub fn ward_posters(map: &Map, words: &Words, wards: &[WardLink]) -> String {
    let sheets = html! { @for ward in wards { (poster(map, words, ward)) } };
    file(&words.say("paper-posters"), words, &sheets)
}

fn poster(map: &Map, words: &Words, ward: &WardLink) -> Markup {
    let names = Names(Some(map));
    let site = names.care(&ward.service).and_then(|care| map.sites.get(care.site.index()));
    html! {
        section.page.poster {
            header {
                h1 { (plain(names.node(&ward.service))) }
                @if let Some(site) = site { p.soft { (plain(&site.name)) " · " (plain(&map.name)) } }
            }
            p.lede { (words.say("paper-poster-about")) }
            figure { (qr_svg(&ward.url)) figcaption { (plain(&ward.url)) } }
            p.code { (words.say("paper-poster-code")) " " b { (plain(&ward.code)) } }
            ol.do {
                @for key in ["paper-poster-open", "paper-poster-say", "paper-poster-read"] {
                    li { (words.say(key)) }
                }
            }
            footer { (words.say("paper-poster-dark")) }
        }
    }
}
