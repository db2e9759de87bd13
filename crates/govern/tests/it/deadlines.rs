//! Deadlines: the strict reading and the latest one, through the obligations that ship.

use std::collections::BTreeMap;

use govern::{Calendar, Course, Facts, Value, clocks};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::content_files::shipped;

/// Time zone, pack, obligation, what is stated besides, aware, due, latest (all in UTC).
const DEADLINES: &[(&str, &str, &str, &str, &str, &str, &str)] = &[
    // Hours run through nights, weekends, holidays, and daylight saving time.
    (
        "Europe/Paris",
        "fr",
        "nis2-early-warning",
        "",
        "2026-11-23T02:10:00Z",
        "2026-11-24T02:10:00Z",
        "2026-11-24T03:00:00Z",
    ),
    (
        "Europe/Paris",
        "fr",
        "nis2-early-warning",
        "",
        "2026-11-23T02:00:00Z",
        "2026-11-24T02:00:00Z",
        "2026-11-24T03:00:00Z",
    ),
    (
        "Europe/Paris",
        "fr",
        "gdpr-authority",
        "",
        "2026-11-23T02:10:00Z",
        "2026-11-26T02:10:00Z",
        "2026-11-26T03:00:00Z",
    ),
    // Spring: the night of 29 March 2026 has 23 hours; ends on Sunday: Monday 24:00 is 22:00 UTC.
    (
        "Europe/Paris",
        "fr",
        "nis2-early-warning",
        "",
        "2026-03-28T10:30:00Z",
        "2026-03-29T10:30:00Z",
        "2026-03-30T22:00:00Z",
    ),
    // Autumn: the night of 25 October 2026 has 25 hours; Friday evening to Monday: two working days.
    (
        "Europe/Paris",
        "fr",
        "gdpr-authority",
        "",
        "2026-10-23T16:15:00Z",
        "2026-10-26T16:15:00Z",
        "2026-10-27T23:00:00Z",
    ),
    // 31 December; 1 January is a holiday, and then a weekend follows.
    (
        "Europe/Paris",
        "fr",
        "nis2-early-warning",
        "",
        "2026-12-31T15:20:00Z",
        "2027-01-01T15:20:00Z",
        "2027-01-04T23:00:00Z",
    ),
    (
        "Europe/Paris",
        "fr",
        "gdpr-authority",
        "",
        "2026-12-29T08:00:00Z",
        "2027-01-01T08:00:00Z",
        "2027-01-04T23:00:00Z",
    ),
    (
        "Europe/Berlin",
        "eu",
        "gdpr-authority",
        "",
        "2026-12-29T08:00:00Z",
        "2027-01-01T08:00:00Z",
        "2027-01-01T09:00:00Z",
    ),
    // Easter 2026: Saturday 4 April 09:00 Paris; 72 h end on Tuesday, of two working days only one is there.
    (
        "Europe/Paris",
        "fr",
        "gdpr-authority",
        "",
        "2026-04-04T07:00:00Z",
        "2026-04-07T07:00:00Z",
        "2026-04-08T22:00:00Z",
    ),
    (
        "Europe/Berlin",
        "eu",
        "gdpr-authority",
        "",
        "2026-04-04T07:00:00Z",
        "2026-04-07T07:00:00Z",
        "2026-04-07T08:00:00Z",
    ),
    // Ascension and Whit Monday 2026 (14 and 25 May).
    (
        "Europe/Paris",
        "fr",
        "nis2-early-warning",
        "",
        "2026-05-13T10:00:00Z",
        "2026-05-14T10:00:00Z",
        "2026-05-15T22:00:00Z",
    ),
    (
        "Europe/Paris",
        "fr",
        "nis2-early-warning",
        "",
        "2026-05-24T10:00:00Z",
        "2026-05-25T10:00:00Z",
        "2026-05-26T22:00:00Z",
    ),
    // A full hour where the offset is not one: Marquesas, UTC−9:30.
    (
        "Pacific/Marquesas",
        "eu",
        "nis2-early-warning",
        "",
        "2026-11-24T10:40:00Z",
        "2026-11-25T10:40:00Z",
        "2026-11-25T11:30:00Z",
    ),
    // Days: the start's day is not counted; 24:00 local time of the last day, never shifted.
    (
        "Europe/Paris",
        "fr",
        "mdr-manufacturer",
        "device",
        "2026-11-05T22:59:00Z",
        "2026-11-20T23:00:00Z",
        "2026-11-20T23:00:00Z",
    ),
    (
        "Europe/Paris",
        "fr",
        "mdr-manufacturer",
        "device",
        "2026-11-05T23:01:00Z",
        "2026-11-21T23:00:00Z",
        "2026-11-23T23:00:00Z",
    ),
    (
        "Europe/Paris",
        "fr",
        "mdr-manufacturer",
        "device threat",
        "2026-11-06T08:00:00Z",
        "2026-11-08T23:00:00Z",
        "2026-11-10T23:00:00Z",
    ),
    (
        "Europe/Paris",
        "fr",
        "mdr-manufacturer",
        "device death",
        "2026-03-20T08:00:00Z",
        "2026-03-30T22:00:00Z",
        "2026-03-30T22:00:00Z",
    ),
    (
        "Asia/Beirut",
        "eu",
        "mdr-manufacturer",
        "device",
        "2026-03-13T08:00:00Z",
        "2026-03-28T22:00:00Z",
        "2026-03-30T21:00:00Z",
    ),
    // Months, projected from the 72 h notice's own deadline, or from the notice that was sent.
    (
        "Europe/Paris",
        "fr",
        "nis2-final",
        "",
        "2026-11-23T02:10:00Z",
        "2026-12-26T23:00:00Z",
        "2026-12-28T23:00:00Z",
    ),
    (
        "Europe/Paris",
        "fr",
        "nis2-final",
        "sent 2027-01-31T09:00:00Z",
        "2026-11-23T02:10:00Z",
        "2027-02-28T23:00:00Z",
        "2027-03-01T23:00:00Z",
    ),
    (
        "Europe/Paris",
        "fr",
        "nis2-final",
        "sent 2028-01-31T09:00:00Z",
        "2026-11-23T02:10:00Z",
        "2028-02-29T23:00:00Z",
        "2028-02-29T23:00:00Z",
    ),
    (
        "Europe/Paris",
        "fr",
        "nis2-final",
        "sent 2028-02-29T09:00:00Z",
        "2026-11-23T02:10:00Z",
        "2028-03-29T22:00:00Z",
        "2028-03-29T22:00:00Z",
    ),
    (
        "Europe/Paris",
        "fr",
        "nis2-final",
        "sent 2026-08-31T21:59:00Z",
        "2026-08-30T02:10:00Z",
        "2026-09-30T22:00:00Z",
        "2026-09-30T22:00:00Z",
    ),
    (
        "Europe/Paris",
        "fr",
        "nis2-final",
        "sent 2026-08-31T22:01:00Z",
        "2026-08-30T02:10:00Z",
        "2026-10-01T22:00:00Z",
        "2026-10-01T22:00:00Z",
    ),
    (
        "Europe/Paris",
        "fr",
        "cra-manufacturer-fix",
        "product sent 2026-12-11T10:00:00Z",
        "2026-11-23T02:10:00Z",
        "2026-12-25T23:00:00Z",
        "2026-12-28T23:00:00Z",
    ),
    // Sixty days, and sixty days after the year's end; no European counting.
    ("America/Chicago", "us", "us-hipaa", "", "2026-11-23T02:10:00Z", "2027-01-22T06:00:00Z", ""),
    (
        "America/Chicago",
        "us",
        "us-hipaa-hhs-yearly",
        "few",
        "2027-01-01T05:30:00Z",
        "2027-03-02T06:00:00Z",
        "",
    ),
    (
        "America/Chicago",
        "us",
        "us-hipaa-hhs-yearly",
        "few",
        "2027-01-01T06:30:00Z",
        "2028-03-01T06:00:00Z",
        "",
    ),
];

#[test]
fn deadlines() {
    let everything = shipped();
    for case in DEADLINES {
        let (zone, pack, id, besides, aware, due, latest) = *case;
        let mut facts = vec![("security_incident", Value::Yes), ("significant_incident", Value::Yes)];
        facts.push(("availability_breach", Value::Yes));
        let mut sent = BTreeMap::new();
        let mut words = besides.split(' ');
        while let Some(word) = words.next() {
            match word {
                "device" => facts.extend([
                    ("device_manufacturer", Value::Yes),
                    ("device_incident", Value::Yes),
                    ("public_health_threat", Value::No),
                    ("death_or_serious_deterioration", Value::No),
                ]),
                "threat" => facts.push(("public_health_threat", Value::Yes)),
                "death" => facts.push(("death_or_serious_deterioration", Value::Yes)),
                "product" => facts
                    .extend([("digital_manufacturer", Value::Yes), ("exploited_vulnerability", Value::Yes)]),
                "few" => facts.push(("persons", Value::Number(499))),
                "sent" => {
                    let time: Timestamp = words.next().expect("a time").parse().expect("a time");
                    sent.extend(["nis2-notification", "fix_available"].map(|name| (name.to_owned(), time)));
                }
                _ => {}
            }
        }
        let obligations = everything.of_packs(&[pack]);
        let course = Course {
            now: "2030-01-01T00:00:00Z".parse().expect("a time"),
            aware: Some(aware.parse().expect("a time")),
            detected: None,
            sent,
            time_zone: TimeZone::get(zone).expect("a zone"),
        };
        let found = clocks(&obligations, &obligations.complete(Facts::stated(facts)), &course);
        let clock = found.iter().find(|it| it.id == id).unwrap_or_else(|| panic!("{case:?}"));
        let print = |time: Option<Timestamp>| time.map(|it| it.to_string()).unwrap_or_default();
        assert_eq!((print(clock.due_at), print(clock.latest_at)), (due.into(), latest.into()), "{case:?}");
    }
}

#[test]
fn french_holidays() {
    let all = shipped();
    let french = Calendar::of(all.holidays("fr"));
    let off: Vec<String> = "2026-01-01"
        .parse::<Date>()
        .expect("a date")
        .series(jiff::ToSpan::days(1))
        .take_while(|day| day.year() == 2026)
        .filter(|day| french.holiday(*day).is_some())
        .map(|day| day.to_string())
        .collect();
    assert_eq!(
        off,
        [
            "2026-01-01",
            "2026-04-06",
            "2026-05-01",
            "2026-05-08",
            "2026-05-14",
            "2026-05-25",
            "2026-07-14",
            "2026-08-15",
            "2026-11-01",
            "2026-11-11",
            "2026-12-25",
        ]
    );
}
