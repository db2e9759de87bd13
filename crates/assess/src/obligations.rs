//! Whom to tell, by when: facts from what was seen, clocks from facts, words for both.
//!
//! Invariant: drafts name no patient and no staff account.

use std::collections::BTreeMap;

use govern::{
    Clock, Course, Facts, Finding, Known, Language, Limit, Obligations, Observed, Question, Reckoned, Status,
    Unit,
};
use hospital::{Arg, Map};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::assessment::{self, Asked, Assessment, Obligation, Outlook};
use crate::stances::Stances;
use crate::words::{Lang, Words};

/// Names given in one line of a draft before the rest is counted.
const NAMES: usize = 12;

/// What clocks need besides the assessment so far.
pub(crate) struct Telling<'a> {
    pub(crate) obligations: &'a Obligations,
    pub(crate) stated: Facts,
    pub(crate) aware: Option<Timestamp>,
    /// Nothing was read: there is nothing to say of what was seen.
    pub(crate) nothing_read: bool,
    /// When notices were sent and events happened.
    pub(crate) sent: Option<&'a BTreeMap<String, Timestamp>>,
    /// Whether care failed or will; `None` where no map tells.
    pub(crate) disrupted: Option<bool>,
    /// Signals that nobody found false.
    pub(crate) standing: u64,
    /// ATT&CK techniques of the chains, sorted.
    pub(crate) techniques: &'a [String],
    /// The earliest signal of a chain that compromises or loses something, and its title.
    pub(crate) detected: Option<(Timestamp, String)>,
    /// The hospital, where its map is given.
    pub(crate) map: Option<&'a Map>,
    pub(crate) touched: &'a Touched,
}

/// Applications that hold data of persons and that the attack touches.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    pub(crate) names: Vec<String>,
    /// The most persons in any one of them.
    pub(crate) persons_max: u64,
}

/// Every obligation that the facts start or might start, each with its draft.
pub(crate) fn obligations(
    so_far: &Assessment,
    stances: &Stances,
    telling: &Telling<'_>,
    words: &Words,
) -> Vec<Obligation> {
    let mapped = telling.map.is_some();
    let attack = stances.any_lost || stances.any_compromised;
    let observed = govern::observed(&Observed {
        finding: match (attack, so_far.chains.is_empty() && telling.standing == 0) {
            (true, _) => Finding::Attack,
            (false, true) if !telling.nothing_read => Finding::Nothing,
            (false, _) => Finding::Suspicion,
        },
        assets_lost: stances.any_lost,
        care_losing: telling.disrupted,
        personal_data: (mapped && !telling.touched.names.is_empty()).then_some(true),
    });
    let zone = telling.map.map(|map| &map.time_zone);
    let stated = telling.stated.clone();
    let chosen = telling.obligations.of_place(zone.and_then(TimeZone::iana_name), &stated);
    let facts = chosen.complete(stated.or(observed));
    let course = Course {
        now: so_far.now,
        aware: telling.aware,
        detected: telling.detected.clone(),
        sent: telling.sent.cloned().unwrap_or_default(),
        time_zone: zone.unwrap_or(words.zone()).clone(),
    };
    let known = known(so_far, stances, telling, words);
    let desk = Desk { chosen: &chosen, facts: &facts, known: &known, words, language: language(words) };
    let mut rows: Vec<Obligation> =
        govern::clocks(&chosen, &facts, &course).into_iter().map(|clock| desk.row(clock)).collect();
    // What is due first, then what is possible (what fewer questions would settle first), then what waits for a request.
    rows.sort_by_key(|row| (row.status, row.ask.len(), row.due_at.is_some(), row.due_at));
    rows
}

struct Desk<'a> {
    chosen: &'a Obligations,
    facts: &'a Facts,
    known: &'a Known,
    words: &'a Words,
    language: Language,
}

impl Desk<'_> {
    fn row(&self, clock: Clock) -> Obligation {
        let draft = self.chosen.find(&clock.id).map(|it| govern::draft(it, self.known, self.language));
        let asked = |question: &Question| Asked {
            fact: question.fact.clone(),
            question: question.text.in_language(self.language).to_owned(),
        };
        let asks: Vec<Asked> = clock.ask.iter().map(asked).collect();
        Obligation {
            title: clock.title.in_language(self.language).to_owned(),
            recipient: clock.recipient.in_language(self.language).to_owned(),
            status: match clock.status {
                Status::Due => assessment::Status::Due,
                Status::Possible => assessment::Status::Possible,
                Status::OnRequest => assessment::Status::OnRequest,
            },
            why: self.why(&clock),
            starts_at: clock.starts_at,
            due_at: clock.due_at,
            latest_at: clock.latest_at,
            legal_reference: clock.legal_reference.in_language(self.language).to_owned(),
            to_be_checked: clock.to_be_checked.is_some(),
            assumed: clock
                .assumed
                .iter()
                .map(|fact| self.chosen.phrase(fact, self.facts, self.language))
                .collect(),
            ask: asks.iter().map(|asked| asked.question.clone()).collect(),
            asks,
            draft: draft.filter(|text| !text.trim().is_empty()),
            id: clock.id,
        }
    }

    /// From what it counts, how long, and on which facts it rests.
    fn why(&self, clock: &Clock) -> String {
        let words = self.words;
        let when = clock.starts_at.map_or_else(String::new, |time| words.day_hour(time));
        let title = |id: &str| {
            self.chosen
                .find(id)
                .map_or_else(|| id.to_owned(), |it| it.title.in_language(self.language).to_owned())
        };
        let from = match &clock.why.reckoned {
            Reckoned::Detection { signal } => {
                words.say_with("why-detection", &[("signal", signal.as_str().into()), ("when", when.into())])
            }
            Reckoned::Awareness => words.say_with("why-awareness", &[("when", when.into())]),
            Reckoned::Now { earliest: Some((time, signal)) } => words.say_with(
                "why-now",
                &[("signal", signal.as_str().into()), ("when", words.day_hour(*time).into())],
            ),
            Reckoned::Now { earliest: None } => words.say("why-now-alone"),
            Reckoned::Sent { notice } => {
                words.say_with("why-sent", &[("notice", title(notice).into()), ("when", when.into())])
            }
            Reckoned::Projected { notice } => {
                words.say_with("why-projected", &[("notice", title(notice).into())])
            }
            Reckoned::Event { event } => {
                words.say_with("why-event", &[("event", event.as_str().into()), ("when", when.into())])
            }
            Reckoned::Unknown => words.say("why-unknown"),
            Reckoned::Nothing => String::new(),
        };
        let phrase = |fact: &String| self.chosen.phrase(fact, self.facts, self.language);
        let facts: Vec<String> = clock.why.rests_on.iter().map(phrase).collect();
        let rests = if facts.is_empty() {
            String::new()
        } else {
            words.say_with("why-rests", &[("facts", facts.join(", ").into())])
        };
        let parts = [limit(&clock.why.limit, words), from, rests];
        parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" ")
    }
}

fn limit(limit: &Limit, words: &Words) -> String {
    let Limit::Within(term) = limit else {
        return words.say(match limit {
            Limit::WithoutDelay => "limit-without-delay",
            Limit::OnRequest => "limit-on-request",
            _ => "limit-always",
        });
    };
    let key = match term.unit {
        Unit::Hours => "limit-hours",
        Unit::Days => "limit-days",
        Unit::Weeks => "limit-weeks",
        Unit::Months => "limit-months",
    };
    words.say_with(key, &[("count", Arg::Count(u64::from(term.number)))])
}

/// What drafts may say.
fn known(so_far: &Assessment, stances: &Stances, telling: &Telling<'_>, words: &Words) -> Known {
    let mut known = Known::default();
    known.tell("establishment", telling.map.map_or("", |map| &map.name));
    known.tell("date", &words.full(so_far.now));
    if let Some(aware) = telling.aware {
        known.tell("aware_at", &words.full(aware));
    }
    let Some(start) = so_far.chains.iter().filter_map(|chain| chain.start).min() else { return known };
    let (lost, compromised) = (stances.lost_count, stances.compromised_count);
    let mut tactics: Vec<String> = Vec::new();
    for tactic in so_far.chains.iter().flat_map(|chain| &chain.tactics) {
        let name = words.say(&format!("tactic-{tactic}")).to_lowercase();
        if !tactics.contains(&name) {
            tactics.push(name);
        }
    }
    let counts = [("lost", Arg::from(lost)), ("compromised", Arg::from(compromised))];
    known.tell("systems", &words.say_with("draft-systems", &counts));
    known.tell(
        "what_happened",
        &words.say_with("draft-happened", &[("tactics", words.list(&tactics).into()), ("lost", lost.into())]),
    );
    known.tell("since", &words.full(start));
    known.tell(
        "state_of_incident",
        &words.say_with("draft-state", &[("when", words.full(so_far.now).into())]),
    );
    if lost + compromised > 0 {
        known.tell("malicious", &words.say("draft-malicious"));
    }
    let mut techniques: Vec<String> = telling.techniques.to_vec();
    techniques.truncate(40);
    known.tell("indicators", &techniques.join(", "));
    let care = losing(so_far, telling.map);
    if !care.is_empty() {
        known.tell("care_affected", &short_list(&care, words));
        known.tell(
            "severity",
            &words.say_with("draft-severity", &[("count", care.len().into()), ("lost", lost.into())]),
        );
    }
    if !telling.touched.names.is_empty() {
        known.tell(
            "data_affected",
            &words.say_with("draft-data", &[("names", short_list(&telling.touched.names, words).into())]),
        );
    }
    if telling.touched.persons_max > 0 {
        known.tell(
            "persons",
            &words.say_with("draft-persons", &[("count", words.number(telling.touched.persons_max).into())]),
        );
    }
    known
}

/// Names of the services that are losing care, each once.
fn losing(so_far: &Assessment, map: Option<&Map>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for care in so_far.care.iter().filter(|care| care.outlook == Outlook::Losing) {
        let node = map.and_then(|map| Some(map.node(map.find(&care.service)?)));
        let name = node.map_or(&care.service, |node| &node.name);
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

fn short_list(names: &[String], words: &Words) -> String {
    match names.len().checked_sub(NAMES).filter(|more| *more > 0) {
        None => words.list(names),
        Some(more) => {
            format!("{} {}", names[..NAMES].join(", "), words.say_with("more", &[("count", more.into())]))
        }
    }
}

fn language(words: &Words) -> Language {
    match words.lang() {
        Lang::En => Language::En,
        Lang::Fr => Language::Fr,
    }
}
