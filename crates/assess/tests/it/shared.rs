//! Values that a server with many threads holds.

use assess::{Assessment, Findings, Kept, Reading, Words};
use detect::Engine;
use govern::Obligations;
use hospital::Map;
use jiff::tz::TimeZone;

use crate::night::Desk;

fn shared<T: Send + Sync + 'static>() {}
fn crosses<T: Send + Sync>() {}

#[test]
fn a_server_may_share_them_between_threads() {
    shared::<Engine>();
    shared::<Map>();
    shared::<Words>();
    shared::<Obligations>();
    shared::<Assessment>();
    shared::<Kept>();
    shared::<Reading>();
    shared::<detect::Kept>();
    crosses::<Findings<'_>>();
}

#[test]
fn words_speak_at_several_instants_and_in_several_zones_at_once() {
    let words = Desk::new().words;
    let time = "2025-12-31T23:30:00Z".parse().unwrap();
    let paris = words.with_zone(TimeZone::get("Europe/Paris").unwrap());
    let reunion = words.with_zone(TimeZone::get("Indian/Reunion").unwrap());
    let now = "2026-06-01T00:00:00Z".parse().unwrap();
    let before = "2025-12-31T20:30:00Z".parse().unwrap();
    assert_eq!(paris.day_hour(time), "Thu 1 Jan 00:30");
    assert_eq!(paris.at(now).day_hour(time), "Thu 1 Jan 00:30");
    assert_eq!(paris.at(before).day_hour(time), "Thu 1 Jan 2026 00:30");
    assert_eq!(reunion.at(before).day_hour(time), "Thu 1 Jan 03:30");
    assert_eq!(paris.at(before).at(now).with_zone(TimeZone::UTC).day_hour(time), "Wed 31 Dec 2025 23:30");
}
