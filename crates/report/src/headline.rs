//! The first sentences: what happens, what would change it, and what is not known.
//!
//! A director who reads nothing else can decide.

use std::cmp::Reverse;

use assess::{Assessment, Care, Outlook, Words};
use detect::Stance;
use jiff::Timestamp;

use crate::names::Names;

/// What happens, in one sentence.
pub fn headline(assessment: &Assessment, names: Names<'_>, words: &Words) -> String {
    let lost = assessment.with_stance(Stance::Lost).len();
    let compromised = assessment.with_stance(Stance::Compromised).len();
    let care = losing(assessment);
    if assessment.chains.is_empty() && lost + compromised == 0 {
        return words.say_with("headline-calm", &[("signals", assessment.signals.into())]);
    }
    let machines = match (lost, compromised) {
        (0, 0) => words.say_with(
            "headline-suspected",
            &[("count", assessment.with_stance(Stance::Suspected).len().into())],
        ),
        (0, _) => words.say_with("headline-compromised", &[("count", compromised.into())]),
        (_, 0) => words.say_with("headline-lost", &[("count", lost.into())]),
        _ => words.say_with("headline-both", &[("lost", lost.into()), ("compromised", compromised.into())]),
    };
    let hit = match care.first() {
        None if names.0.is_none() => words.say("headline-no-map"),
        None if lost + compromised == 0 => words.say("headline-no-care"),
        None if assessment.care.is_empty() => words.say("headline-care-untouched"),
        None => words.say_with("headline-care-at-risk", &[("count", assessment.care.len().into())]),
        Some(first) => words.say_with(
            "headline-care",
            &[
                ("count", care.len().into()),
                ("first", names.node(&first.service).into()),
                ("when", first_instant(first, words).into()),
            ],
        ),
    };
    format!("{machines} {hit}")
}

/// What would change it, and what is not known: short sentences, the most useful first.
pub fn lede(assessment: &Assessment, words: &Words) -> Vec<String> {
    let mut say = Vec::new();
    let risk: Vec<&Care> = assessment.care.iter().filter(|care| care.outlook == Outlook::AtRisk).collect();
    if !risk.is_empty() {
        say.push(words.say_with("lede-at-risk", &[("count", risk.len().into())]));
    }
    let evidence = &assessment.evidence;
    for (key, count) in [
        ("lede-unknown-hosts", evidence.unknown_hosts.len()),
        ("lede-ambiguous-hosts", evidence.ambiguous_hosts.len()),
        ("lede-unreadable", evidence.unreadable.len()),
    ] {
        if count > 0 {
            say.push(words.say_with(key, &[("count", count.into())]));
        }
    }
    if assessment.partial {
        say.insert(0, words.say("lede-partial"));
    }
    say.extend(assessment.missing.iter().cloned());
    say
}

/// Services that are losing care, soonest first.
pub fn losing(assessment: &Assessment) -> Vec<&Care> {
    assessment.care.iter().filter(|care| care.outlook == Outlook::Losing).collect()
}

fn first_instant(care: &Care, words: &Words) -> String {
    care.degrades_at.or(care.stops_at).map_or_else(String::new, |time| words.day_hour(time))
}

/// The order in which services are shown: losing before at risk, what stops within a day by its
/// instant, then the weightiest, then the soonest.
pub fn order(
    care: &Care,
    names: Names<'_>,
    now: Timestamp,
) -> (Outlook, bool, Option<Timestamp>, Reverse<u32>, Option<Timestamp>) {
    let soon = care.stops_at.filter(|stop| stop.as_second() - now.as_second() < 86_400);
    let weight = names.care(&care.service).map_or(0, |care| care.weight);
    (care.outlook, soon.is_none(), soon, Reverse(weight), care.degrades_at.or(care.stops_at))
}

/// What comes next for a service: "stops Sun 22 Nov 05:40 (in 2 h 28)", "since 02:58".
pub fn next(care: &Care, now: Timestamp, words: &Words) -> String {
    let hour = |time: Timestamp| {
        if (time.as_second() - now.as_second()).abs() < 20 * 3600 {
            words.hour(time)
        } else {
            words.day_hour(time)
        }
    };
    match care.next(now) {
        Some((time, state)) => {
            let key = match (care.outlook, state) {
                (Outlook::AtRisk, _) => "next-at-risk",
                (_, assess::State::Stopped) => "next-stops",
                _ => "next-worse",
            };
            let span = words.span((time.as_second() - now.as_second()).max(0) as u64);
            words.say_with(key, &[("when", hour(time).into()), ("span", span.into())])
        }
        None => match care.stops_at.or(care.degrades_at).filter(|time| *time <= now) {
            Some(time) if care.outlook == Outlook::AtRisk => {
                words.say_with("next-at-risk-now", &[("when", hour(time).into())])
            }
            Some(time) => words.say_with("next-since", &[("when", hour(time).into())]),
            None => String::new(),
        },
    }
}
