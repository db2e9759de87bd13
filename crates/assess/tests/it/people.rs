//! What people said and did counts: what they see, cut, bring back and send.

use std::collections::BTreeMap;

use assess::{Assessment, Outlook, People, Reading, Sighting, Status};
use detect::Stance;
use hospital::{LeverId, NodeId, StepId};
use jiff::{SignedDuration, Timestamp};
use recover::{Mark, Said};

use crate::night::{Desk, clock, spill};

const AT: &str = "2026-11-22T02:00:00Z";

fn at() -> Timestamp {
    AT.parse().unwrap()
}

fn later(hours: i64) -> Timestamp {
    at().checked_add(SignedDuration::from_hours(hours)).unwrap()
}

/// What follows without any evidence, at an instant.
fn told(desk: &Desk, now: Timestamp, people: People<'_>) -> Assessment {
    let mut request = desk.request(&[]);
    (request.now, request.aware, request.people) = (Some(now), Some(at()), people);
    request.clock = clock();
    assess::assess([], &Reading::default(), request, spill).unwrap().tell(&desk.words)
}

fn sighting(desk: &Desk, id: &str, stance: Option<Stance>) -> Sighting {
    Sighting { asset: node(desk, id), stance, since: at(), why: "a note on its screen".to_owned() }
}

fn node(desk: &Desk, id: &str) -> NodeId {
    desk.map.find(id).unwrap()
}

fn losing(assessment: &Assessment) -> Vec<&str> {
    let losing = assessment.care.iter().filter(|care| care.outlook == Outlook::Losing);
    losing.map(|care| care.service.as_str()).collect()
}

#[test]
fn what_people_see_counts_without_any_log() {
    let desk = Desk::new();
    assert!(told(&desk, at(), People::default()).care.is_empty());
    let seen = [
        sighting(&desk, "srv-dpidb-01", Some(Stance::Lost)),
        sighting(&desk, "srv-dpidb-02", Some(Stance::Lost)),
    ];
    let both = told(&desk, later(1), People { sightings: &seen, ..People::default() });
    assert!(!losing(&both).is_empty() && both.restoration.is_some() && both.containment.len() > 1);
    assert_eq!(both.with_stance(Stance::Lost).len(), 2);
    assert_eq!(both.seen[0].why, "a note on its screen");
    let mut corrected = seen.to_vec();
    corrected.extend(["srv-dpidb-01", "srv-dpidb-02"].map(|id| sighting(&desk, id, None)));
    let none = told(&desk, later(1), People { sightings: &corrected, ..People::default() });
    assert!(none.care.is_empty() && none.restoration.is_none());
    assert_eq!((none.seen.len(), none.sound.len()), (0, 2));
}

#[test]
fn a_cut_that_was_made_costs_its_care_and_is_not_proposed_again() {
    let desk = Desk::new();
    let seen = [sighting(&desk, "srv-web-01", Some(Stance::Compromised))];
    let before = told(&desk, later(1), People { sightings: &seen, ..People::default() });
    let lever = |id: &str| LeverId(desk.map.levers.iter().position(|it| it.id == id).unwrap() as u32);
    for (place, row) in desk.map.levers.iter().enumerate() {
        let cuts = [(LeverId(place as u32), at())];
        let after = told(&desk, later(1), People { sightings: &seen, cuts: &cuts, ..People::default() });
        let proposed =
            after.containment.iter().flat_map(|it| &it.levers).filter_map(|it| it.lever.as_deref());
        assert!(proposed.clone().all(|id| id != row.id), "{} is proposed again", row.id);
        let alone =
            hospital::Situation::new(&desk.map, at(), 86_400, desk.map.spread, Vec::new(), Vec::new());
        let stops = alone.care(&hospital::Cut::of(&desk.map, &[LeverId(place as u32)]));
        for (care, ..) in desk.map.care().filter(|(care, ..)| stops.degrades_at(*care).is_some()) {
            assert!(losing(&after).contains(&desk.map.id(care)), "{} stops {}", row.id, desk.map.id(care));
        }
    }
    let cuts = [(lever("cut-internet-north"), at())];
    let after = told(&desk, later(1), People { sightings: &seen, cuts: &cuts, ..People::default() });
    assert!(after.containment[0].danger <= before.containment[0].danger);
}

#[test]
fn what_is_brought_back_leaves_the_clocks() {
    let desk = Desk::new();
    let seen = ["srv-dpidb-01", "srv-dpidb-02"].map(|id| sighting(&desk, id, Some(Stance::Lost)));
    let people = People { sightings: &seen, ..People::default() };
    let before = told(&desk, later(2), people);
    let plan = before.restoration.as_ref().unwrap();
    // Everything of the plan is done, an hour ago.
    let done: Vec<Mark> = plan
        .steps
        .iter()
        .map(|step| {
            let node = node(&desk, &step.node);
            let steps = desk.map.node(node).restore.as_ref().unwrap();
            let place = steps.iter().position(|it| it.id == step.step).unwrap() as u32;
            Mark { step: StepId { node, step: place }, said: Said::Done(later(1)) }
        })
        .collect();
    let after = told(&desk, later(2), People { steps: &done, ..people });
    assert!(!losing(&before).is_empty());
    assert_eq!(losing(&after), Vec::<&str>::new());
    let due = |it: &Assessment| it.obligations.iter().filter(|it| it.status == Status::Due).count();
    assert_eq!(due(&after), due(&before), "what was disrupted is owed all the same");
    let half = told(&desk, later(2), People { steps: &done[..1], ..people });
    assert!(!losing(&half).is_empty());
}

#[test]
fn where_nothing_was_read_nothing_is_denied() {
    let desk = Desk::new();
    let told = told(&desk, at(), People::default());
    let warning = told.obligations.iter().find(|it| it.id == "nis2-early-warning").unwrap();
    assert_eq!(warning.status, Status::Possible);
    assert!(!warning.ask.is_empty());
}

#[test]
fn what_was_sent_moves_what_follows() {
    let desk = Desk::new();
    let seen = [
        sighting(&desk, "srv-dpidb-01", Some(Stance::Lost)),
        sighting(&desk, "srv-dpidb-02", Some(Stance::Lost)),
    ];
    let people = People { sightings: &seen, ..People::default() };
    let due = |assessment: &Assessment| {
        assessment.obligations.iter().find(|it| it.id == "nis2-final").unwrap().due_at.unwrap()
    };
    let planned = due(&told(&desk, later(3), people));
    let sent = BTreeMap::from([("nis2-notification".to_owned(), later(2))]);
    let moved = due(&told(&desk, later(3), People { sent: Some(&sent), ..people }));
    assert!(moved < planned, "{moved} is not before {planned}");
}
