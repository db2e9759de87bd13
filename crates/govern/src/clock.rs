//! The clocks that facts start.
//!
//! Invariant: see the crate. What the law gives no instant has no `due_at`; what counts from an
//! awareness that nobody stated is `possible`, counted from now.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::condition::Truth;
use crate::counting;
use crate::facts::Facts;
use crate::obligation::{Limit, Obligation, Obligations, Start, Term};
use crate::text::Text;

/// When things happened, as far as is known.
#[derive(Clone, Debug)]
pub struct Course {
    /// The instant of the assessment.
    pub now: Timestamp,
    /// When the hospital became reasonably certain.
    pub aware: Option<Timestamp>,
    /// The earliest signal, and what it says.
    pub detected: Option<(Timestamp, String)>,
    /// When notices were sent, by obligation, and when stated events happened, by name.
    pub sent: BTreeMap<String, Timestamp>,
    /// The hospital's time zone.
    pub time_zone: TimeZone,
}

/// An obligation that the facts start, or might.
#[derive(Clone, Debug)]
pub struct Clock {
    /// The obligation's id.
    pub id: String,
    /// What to do.
    pub title: Text,
    /// Whom to tell.
    pub recipient: Text,
    /// From when it runs, where it has a start and that is known.
    pub starts_at: Option<Timestamp>,
    /// The strict deadline; `None` where the law gives no instant.
    pub due_at: Option<Timestamp>,
    /// The most generous reading of the deadline, for information only.
    pub latest_at: Option<Timestamp>,
    /// Whether the law says "without delay", with or without a deadline.
    pub without_delay: bool,
    /// How firm it is.
    pub status: Status,
    /// When its notice was sent.
    pub sent_at: Option<Timestamp>,
    /// The article.
    pub legal_reference: Text,
    /// Why it runs, and from when.
    pub why: Why,
    /// Facts taken for granted on which it rests.
    pub assumed: Vec<String>,
    /// Questions that would settle it.
    pub ask: Vec<Question>,
    /// What of its wording remains to be checked.
    pub to_be_checked: Option<Text>,
}

/// How firm a clock is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Its facts hold and its start is known.
    Due,
    /// A fact or its start is unknown.
    Possible,
    /// It is owed when somebody asks.
    OnRequest,
}

/// Why a clock runs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Why {
    /// What it was counted from.
    pub reckoned: Reckoned,
    /// What was counted.
    pub limit: Limit,
    /// The facts on which it rests, by name.
    pub rests_on: Vec<String>,
}

/// What a clock was counted from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Reckoned {
    /// The earliest signal.
    Detection {
        /// What it says.
        signal: String,
    },
    /// The awareness that was stated.
    Awareness,
    /// Now, for want of a stated awareness.
    Now {
        /// The earliest signal: awareness cannot be earlier.
        earliest: Option<(Timestamp, String)>,
    },
    /// A notice that was sent.
    Sent {
        /// Its obligation.
        notice: String,
    },
    /// The deadline of a notice that was not yet sent.
    Projected {
        /// Its obligation.
        notice: String,
    },
    /// A stated event.
    Event {
        /// Its name.
        event: String,
    },
    /// An event or a signal that nobody stated: it does not run yet.
    Unknown,
    /// Nothing: it has no start.
    Nothing,
}

/// A question that would settle a clock.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Question {
    /// The fact it settles (`aware` for the awareness).
    pub fact: String,
    /// The question.
    pub text: Text,
}

/// Every clock that the facts start or might start: without delay first, then soonest due first, then
/// what has no instant, then what is owed on request.
#[must_use]
pub fn clocks(obligations: &Obligations, facts: &Facts, course: &Course) -> Vec<Clock> {
    let mut clocks: Vec<Clock> =
        obligations.all().iter().filter_map(|it| clock(it, obligations, facts, course)).collect();
    clocks.sort_by(|a, b| order(a).cmp(&order(b)));
    clocks
}

fn order(clock: &Clock) -> (u8, Option<Timestamp>, Status, &str) {
    let rank = match (clock.status, clock.due_at, clock.without_delay) {
        (Status::OnRequest, ..) => 3,
        (_, Some(_), _) => 1,
        (_, None, true) => 0,
        (_, None, false) => 2,
    };
    (rank, clock.due_at, clock.status, &clock.id)
}

fn clock(
    obligation: &Obligation,
    obligations: &Obligations,
    facts: &Facts,
    course: &Course,
) -> Option<Clock> {
    let judged = obligation.trigger.judge(facts);
    if judged.truth == Truth::No {
        return None;
    }
    let (starts_at, reckoned) = start(obligation, obligations, facts, course);
    let chosen = limit(obligation, facts, starts_at, course);
    let term = match chosen.limit {
        Limit::Within(term) => Some(term),
        Limit::WithoutDelay | Limit::OnRequest | Limit::Always => None,
    };
    let due = |start: Timestamp, term: Term| counting::due(start, term, &course.time_zone);
    let latest = |start: Timestamp, term: Term| {
        counting::latest(start, term, &course.time_zone, obligations.calendar(obligation)?)
    };
    let unsure_start = matches!(reckoned, Reckoned::Now { .. } | Reckoned::Unknown)
        || matches!(&reckoned, Reckoned::Projected { .. } if rests_on_now(obligation, obligations, course));
    let status = match (judged.truth, chosen.limit) {
        (Truth::Yes, Limit::OnRequest) => Status::OnRequest,
        (Truth::Yes, _) if !unsure_start => Status::Due,
        _ => Status::Possible,
    };
    let mut unknown: Vec<String> = judged.unknown.into_iter().collect();
    unknown.extend(chosen.unknown);
    if unsure_start {
        unknown.push(match &obligation.start {
            Start::Event(event) => event.clone(),
            _ => "aware".to_owned(),
        });
    }
    let rests_on: BTreeSet<String> = judged.rests_on.into_iter().chain(chosen.rests_on).collect();
    Some(Clock {
        id: obligation.id.clone(),
        title: obligation.title.clone(),
        recipient: obligation.recipient.clone(),
        starts_at,
        due_at: starts_at.zip(term).and_then(|(start, term)| due(start, term)),
        latest_at: starts_at.zip(term).and_then(|(start, term)| latest(start, term)),
        without_delay: obligation.without_delay || chosen.limit == Limit::WithoutDelay,
        status,
        sent_at: course.sent.get(&obligation.id).copied(),
        legal_reference: obligation.legal_reference.clone(),
        why: Why { reckoned, limit: chosen.limit, rests_on: rests_on.iter().cloned().collect() },
        assumed: rests_on.into_iter().filter(|name| facts.is_assumed(name)).collect(),
        ask: unknown.into_iter().filter_map(|fact| question(fact, obligations)).collect(),
        to_be_checked: obligation.to_be_checked.clone(),
    })
}

fn question(fact: String, obligations: &Obligations) -> Option<Question> {
    let text = obligations.question(&fact)?.clone();
    Some(Question { fact, text })
}

/// The instant from which an obligation counts, and what that is.
fn start(
    obligation: &Obligation,
    obligations: &Obligations,
    facts: &Facts,
    course: &Course,
) -> (Option<Timestamp>, Reckoned) {
    match &obligation.start {
        Start::None => (None, Reckoned::Nothing),
        Start::Detection => match &course.detected {
            Some((time, signal)) => (Some(*time), Reckoned::Detection { signal: signal.clone() }),
            None => (None, Reckoned::Unknown),
        },
        Start::Awareness => match course.aware {
            Some(time) => (Some(time), Reckoned::Awareness),
            None => (Some(course.now), Reckoned::Now { earliest: course.detected.clone() }),
        },
        Start::Event(event) => match course.sent.get(event) {
            Some(time) => (Some(*time), Reckoned::Event { event: event.clone() }),
            None => (None, Reckoned::Unknown),
        },
        Start::After(notice) => match course.sent.get(notice) {
            Some(time) => (Some(*time), Reckoned::Sent { notice: notice.clone() }),
            None => {
                let due = obligations.find(notice).and_then(|earlier| {
                    let (starts_at, _) = start(earlier, obligations, facts, course);
                    match limit(earlier, facts, starts_at, course).limit {
                        Limit::Within(term) => counting::due(starts_at?, term, &course.time_zone),
                        Limit::WithoutDelay | Limit::OnRequest | Limit::Always => None,
                    }
                });
                (due, Reckoned::Projected { notice: notice.clone() })
            }
        },
    }
}

/// Whether a projection goes back, notice by notice, to an awareness that nobody stated.
fn rests_on_now(obligation: &Obligation, obligations: &Obligations, course: &Course) -> bool {
    match &obligation.start {
        Start::Awareness => course.aware.is_none(),
        Start::Detection => course.detected.is_none(),
        Start::Event(event) => !course.sent.contains_key(event),
        Start::None => false,
        Start::After(notice) => {
            !course.sent.contains_key(notice)
                && obligations.find(notice).is_none_or(|earlier| rests_on_now(earlier, obligations, course))
        }
    }
}

struct Chosen {
    limit: Limit,
    rests_on: BTreeSet<String>,
    unknown: BTreeSet<String>,
}

/// The first limit that applies; while a fact leaves several open, the soonest of them.
fn limit(obligation: &Obligation, facts: &Facts, starts_at: Option<Timestamp>, course: &Course) -> Chosen {
    let (mut rests_on, mut unknown) = (BTreeSet::new(), BTreeSet::new());
    let mut open: Vec<Limit> = Vec::new();
    for deadline in &obligation.deadlines {
        let truth = deadline.when.as_ref().map_or(Truth::Yes, |when| {
            let judged = when.judge(facts);
            rests_on.extend(judged.rests_on);
            unknown.extend(judged.unknown);
            judged.truth
        });
        if truth != Truth::No {
            open.push(deadline.limit);
        }
        if truth == Truth::Yes {
            break;
        }
    }
    let instant = |limit: &Limit| match limit {
        Limit::Within(term) => {
            let start = starts_at.unwrap_or(course.now);
            counting::due(start, *term, &course.time_zone)
        }
        Limit::WithoutDelay | Limit::OnRequest | Limit::Always => None,
    };
    let limit = open.into_iter().min_by_key(instant).unwrap_or(Limit::WithoutDelay);
    Chosen { limit, rests_on, unknown }
}
