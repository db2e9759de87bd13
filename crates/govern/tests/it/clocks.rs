//! What facts start, what they remove, what they leave to be asked.

use std::collections::BTreeMap;

use govern::{Clock, Course, Facts, Finding, Observed, Reckoned, Status, Value, clocks, observed};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::content_files::shipped;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn night(aware: Option<&str>) -> Course {
    Course {
        now: at("2026-11-23T04:00:00Z"),
        aware: aware.map(at),
        detected: Some((at("2026-11-21T22:14:00Z"), "VPN account without a second factor".to_owned())),
        sent: BTreeMap::new(),
        time_zone: TimeZone::get("Europe/Paris").expect("a zone"),
    }
}

fn ransomware() -> Facts {
    observed(&Observed {
        finding: Finding::Attack,
        assets_lost: true,
        care_losing: Some(true),
        personal_data: Some(true),
    })
}

fn found(packs: &[&str], facts: Facts, course: &Course) -> Vec<Clock> {
    let obligations = shipped().of_packs(packs);
    let facts = obligations.complete(facts);
    clocks(&obligations, &facts, course)
}

fn lines(clocks: &[Clock]) -> Vec<String> {
    let line = |clock: &Clock| {
        let due = clock.due_at.map_or("-".to_owned(), |it| it.to_string());
        let ask: Vec<&str> = clock.ask.iter().map(|it| it.fact.as_str()).collect();
        format!(
            "{} {:?} {due} assumed={} ask={}",
            clock.id,
            clock.status,
            clock.assumed.join(","),
            ask.join(",")
        )
    };
    clocks.iter().map(line).collect()
}

#[test]
fn the_ransomware_night_in_france() {
    let clocks = found(&["fr"], ransomware(), &night(Some("2026-11-23T02:10:00Z")));
    assert_eq!(
        lines(&clocks),
        [
            "fr-health-incident Due - assumed=health_establishment ask=",
            "nis2-recipients Due - assumed=essential_entity ask=",
            "fr-critical-operator Possible - assumed= ask=designated_operator",
            "fr-device-vigilance Possible - assumed= ask=device_incident",
            "gdpr-persons Possible - assumed=controller ask=high_risk",
            "gdpr-processor Possible - assumed= ask=processor",
            "nis2-early-warning Due 2026-11-24T02:10:00Z assumed=essential_entity ask=",
            "cra-manufacturer Possible 2026-11-24T02:10:00Z assumed= ask=digital_manufacturer,exploited_vulnerability,severe_product_incident",
            "ai-serious-incident Possible 2026-11-25T23:00:00Z assumed= ask=ai_operator,ai_serious_incident,ai_death,ai_widespread",
            "mdr-manufacturer Possible 2026-11-25T23:00:00Z assumed= ask=device_incident,device_manufacturer,death_or_serious_deterioration,public_health_threat",
            "gdpr-authority Due 2026-11-26T02:10:00Z assumed=controller,risk_unlikely ask=",
            "nis2-notification Due 2026-11-26T02:10:00Z assumed=essential_entity ask=",
            "cra-manufacturer-notification Possible 2026-11-26T02:10:00Z assumed= ask=digital_manufacturer,exploited_vulnerability,severe_product_incident",
            "fr-insurance-complaint Possible 2026-11-26T02:10:00Z assumed= ask=insured_cyber",
            "nis2-final Due 2026-12-26T23:00:00Z assumed=essential_entity ask=",
            "cra-manufacturer-final Possible 2026-12-26T23:00:00Z assumed= ask=digital_manufacturer,severe_product_incident",
            "gdpr-register Due - assumed=controller ask=",
            "cra-manufacturer-fix Possible - assumed= ask=digital_manufacturer,exploited_vulnerability,fix_available",
            "nis2-intermediate OnRequest - assumed=essential_entity ask=",
        ]
    );
    let health = &clocks[0];
    assert_eq!(health.starts_at, Some(at("2026-11-21T22:14:00Z")));
    assert!(health.without_delay && health.latest_at.is_none());
    assert!(matches!(&health.why.reckoned, Reckoned::Detection { signal } if signal.starts_with("VPN")));
}

#[test]
fn without_awareness_nothing_that_counts_from_it_is_due() {
    let clocks = found(&["fr"], ransomware(), &night(None));
    for clock in &clocks {
        let firm = ["fr-health-incident", "gdpr-register"].contains(&clock.id.as_str());
        let expected = match clock.id.as_str() {
            "nis2-intermediate" => Status::OnRequest,
            _ if firm => Status::Due,
            _ => Status::Possible,
        };
        assert_eq!(clock.status, expected, "{}", clock.id);
    }
    let early = clocks.iter().find(|it| it.id == "nis2-early-warning").expect("it is possible");
    assert_eq!(early.starts_at, Some(at("2026-11-23T04:00:00Z")));
    assert_eq!(early.due_at, Some(at("2026-11-24T04:00:00Z")));
    assert_eq!(early.ask.iter().map(|it| it.fact.as_str()).collect::<Vec<_>>(), ["aware"]);
    let Reckoned::Now { earliest: Some((time, signal)) } = &early.why.reckoned else { panic!("{early:?}") };
    assert_eq!((*time, signal.as_str()), (at("2026-11-21T22:14:00Z"), "VPN account without a second factor"));
    let last = clocks.iter().find(|it| it.id == "nis2-final").expect("it is possible");
    assert_eq!(last.why.reckoned, Reckoned::Projected { notice: "nis2-notification".into() });
    assert_eq!(last.due_at, Some(at("2026-12-26T23:00:00Z")));
}

#[test]
fn a_notice_sent_starts_the_final_report_even_without_awareness() {
    let mut course = night(None);
    course.sent.insert("nis2-notification".into(), at("2026-11-24T09:00:00Z"));
    let clocks = found(&["eu"], ransomware(), &course);
    let last = clocks.iter().find(|it| it.id == "nis2-final").expect("it is due");
    assert_eq!((last.status, last.due_at), (Status::Due, Some(at("2026-12-24T23:00:00Z"))));
    let notice = clocks.iter().find(|it| it.id == "nis2-notification").expect("it is there");
    assert_eq!(notice.sent_at, Some(at("2026-11-24T09:00:00Z")));
}

/// An obligation, facts stated beside the night's, and what becomes of it.
const TRIGGERS: &[(&str, &str, Option<Status>)] = &[
    ("gdpr-persons", "high_risk=yes", Some(Status::Due)),
    ("gdpr-persons", "high_risk=no", None),
    ("gdpr-authority", "risk_unlikely=yes", None),
    ("gdpr-register", "risk_unlikely=yes", Some(Status::Due)),
    ("gdpr-authority", "controller=no", None),
    ("gdpr-authority", "availability_breach=no", Some(Status::Possible)),
    ("gdpr-authority", "availability_breach=no integrity_breach=no confidentiality_breach=no", None),
    ("gdpr-processor", "processor=yes", Some(Status::Due)),
    ("gdpr-processor", "processor=no", None),
    ("nis2-early-warning", "essential_entity=no", None),
    ("nis2-early-warning", "significant_incident=no", None),
    ("nis2-recipients", "recipients_affected=no", None),
    ("fr-health-incident", "security_incident=no", None),
    ("fr-health-incident", "health_establishment=no", None),
    ("fr-insurance-complaint", "insured_cyber=yes", Some(Status::Due)),
    ("fr-insurance-complaint", "insured_cyber=no", None),
    ("fr-critical-operator", "designated_operator=yes", Some(Status::Due)),
    ("fr-device-vigilance", "device_incident=yes", Some(Status::Due)),
    ("mdr-manufacturer", "device_manufacturer=no", None),
    ("cra-manufacturer", "digital_manufacturer=no", None),
    ("ai-serious-incident", "ai_operator=no", None),
    ("us-hipaa", "us_covered_entity=yes", Some(Status::Due)),
    ("us-hipaa", "", None),
    ("us-hipaa-hhs", "us_covered_entity=yes", Some(Status::Possible)),
    ("us-hipaa-hhs", "us_covered_entity=yes persons=500", Some(Status::Due)),
    ("us-hipaa-hhs", "us_covered_entity=yes persons=499", None),
    ("us-hipaa-hhs-yearly", "us_covered_entity=yes persons=499", Some(Status::Due)),
    ("us-hipaa-media", "us_covered_entity=yes residents_of_one_state=500", None),
    ("us-hipaa-media", "us_covered_entity=yes residents_of_one_state=501", Some(Status::Due)),
];

#[test]
fn triggers() {
    for (id, stated, expected) in TRIGGERS {
        let facts = Facts::stated(stated.split_whitespace().filter_map(|fact| {
            let (name, value) = fact.split_once('=')?;
            Some((name, Value::parse(value)?))
        }))
        .or(ransomware());
        let obligations = shipped().of_place(Some("Europe/Paris"), &facts);
        let clocks = clocks(&obligations, &obligations.complete(facts), &night(Some("2026-11-23T02:10:00Z")));
        let status = clocks.iter().find(|it| it.id == *id).map(|it| it.status);
        assert_eq!(status, *expected, "{id} {stated:?}");
    }
}

#[test]
fn nothing_found_owes_nothing_and_a_suspicion_is_asked_about() {
    let seen =
        |finding| observed(&Observed { finding, assets_lost: false, care_losing: None, personal_data: None });
    assert!(found(&["fr"], seen(Finding::Nothing), &night(None)).is_empty());
    let suspected = found(&["fr"], seen(Finding::Suspicion), &night(Some("2026-11-23T02:10:00Z")));
    assert!(suspected.iter().all(|it| it.status == Status::Possible && !it.ask.is_empty()));
    assert!(suspected.len() > 15);
}

#[test]
fn places_have_their_packs() {
    for (zone, pack) in [
        (None, "fr-health-incident"),
        (Some("Europe/Paris"), "fr-health-incident"),
        (Some("indian/reunion"), "fr-health-incident"),
    ] {
        assert!(shipped().of_place(zone, &Facts::default()).find(pack).is_some(), "{zone:?}");
    }
    let elsewhere = shipped().of_place(Some("Europe/Lisbon"), &Facts::default());
    assert!(elsewhere.find("fr-health-incident").is_none() && elsewhere.find("gdpr-authority").is_some());
}

#[test]
fn every_fact_has_its_question() {
    let obligations = shipped();
    for obligation in obligations.all() {
        obligation.trigger.each_fact(&mut |fact| assert!(obligations.question(fact).is_some(), "{fact}"));
    }
    for (name, _) in ransomware().iter() {
        assert!(obligations.question(name).is_some(), "{name}");
    }
}
