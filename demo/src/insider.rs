//! The quiet insider: somebody with a good reason to use the patient record reads what they have no
//! reason to read, a few patients a shift, for three weeks.
//!
//! Invariant: each access is one that the record allows; only who, whom and why set it apart.

use crate::lines::Access;
use crate::log::{HOUR, MINUTE, SECOND};
use crate::rhythm::Span;
use crate::scene::{Proof, Scene};
use crate::truth::{Account, Truth};

/// Tells three weeks.
pub(crate) fn tell(scene: &mut Scene<'_>, span: Span, truth: &mut Truth) {
    let world = scene.world;
    let curious: Vec<u32> = world
        .staff
        .iter()
        .copied()
        .filter(|it| {
            let name = &world.person(*it).name;
            ["nurse", "clerk", "technician"].iter().any(|role| name.starts_with(role))
        })
        .collect();
    let person = *scene.dice.pick(&curious);
    let who = world.person(person);
    let station = who.station;
    let watched: Vec<String> = (0..scene.dice.between(45, 80))
        .map(|_| format!("P{:07}", 1_020_000 + scene.dice.below(9_000)))
        .collect();
    let units = ["psychiatry", "oncology", "maternity", "emergency", "cardiology"];
    let mut day = span.start;
    let mut seen = Vec::new();
    while day < span.end {
        if scene.dice.percent(85) {
            let start = day + 20 * HOUR + scene.dice.between(0, 150 * MINUTE);
            let logon = scene.logon(start, station, person, 7, None, Proof::Kerberos);
            let mut now = start + MINUTE;
            for _ in 0..scene.dice.between(4, 9) {
                let patient = scene.dice.pick(&watched).clone();
                let sensitive = scene.dice.percent(60);
                let access = Access {
                    person,
                    station,
                    server: world.record_server,
                    action: scene.dice.text(&["read", "read", "read", "result", "print"]),
                    patient: &patient,
                    unit: scene.dice.text(&units),
                    sensitive,
                    relation: "none",
                    reason: "",
                    break_glass: false,
                };
                scene.record(now, &access);
                seen.push(patient);
                now += scene.dice.between(40 * SECOND, 6 * MINUTE);
            }
            scene.logoff(now.min(span.end - SECOND), &logon);
        }
        day += 24 * HOUR;
    }
    seen.sort();
    seen.dedup();
    truth.insider = Some(who.name.clone());
    truth.accounts = vec![Account { name: who.name.clone(), asset: who.asset.clone() }];
    truth.patients = seen;
}
