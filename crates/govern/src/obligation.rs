//! An obligation as content gives it, and all of them together.
//!
//! Invariant: in an [`Obligations`], every fact, item, pack and notice named is known, and every
//! obligation says whether it was checked against its text or what is to be checked.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;
use yaml_serde::Value as Yaml;

use crate::condition::Condition;
use crate::facts::{Facts, Value};
use crate::holidays::{Calendar, Holidays};
use crate::text::{Language, Text};

/// Something the law (or a contract) wants told.
#[derive(Clone, Debug)]
pub struct Obligation {
    /// Slug; the name of its file.
    pub id: String,
    /// The pack it was taken from, once chosen; empty before.
    pub pack: String,
    /// What to do, in a few words.
    pub title: Text,
    /// Whom it binds, and when.
    pub binds: Text,
    /// Whom to tell.
    pub recipient: Text,
    /// When it applies.
    pub trigger: Condition,
    /// From when its clock runs.
    pub start: Start,
    /// By when, the first that applies.
    pub deadlines: Vec<Deadline>,
    /// Whether the law says "without delay" beside a deadline.
    pub without_delay: bool,
    /// What the notice must hold.
    pub must_hold: Vec<Held>,
    /// The article.
    pub legal_reference: Text,
    /// Where the text is found.
    pub source: String,
    /// How sure its wording here is.
    pub confidence: Confidence,
    /// When it was last compared with its text.
    pub checked_on: Option<Date>,
    /// What remains to be checked.
    pub to_be_checked: Option<Text>,
    /// What a person should know besides (phases, exceptions).
    pub note: Option<Text>,
    /// The notice, with its placeholders.
    pub draft: Text,
    pub(crate) labels: BTreeMap<String, Text>,
}

/// From when a clock runs.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "Yaml")]
pub enum Start {
    /// From the earliest signal.
    Detection,
    /// From when the hospital is reasonably certain.
    Awareness,
    /// From when the notice of another obligation was sent.
    After(String),
    /// From a dated event that a person states (`fix_available`).
    Event(String),
    /// It has none.
    None,
}

/// A limit, and when it is the one that applies.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Deadline {
    /// Where it applies; always, where absent.
    pub when: Option<Condition>,
    /// By when.
    pub limit: Limit,
}

/// By when the law wants it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Limit {
    /// At once; no instant.
    WithoutDelay,
    /// When the authority asks.
    OnRequest,
    /// For every incident, without an instant (a register).
    Always,
    /// Within a term.
    Within(Term),
}

/// A length of time as the law states it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Term {
    /// How many.
    pub number: u16,
    /// Of what.
    pub unit: Unit,
    /// Whether it is counted from the end of the start's calendar year.
    pub after_year_end: bool,
}

/// What a term counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unit {
    /// 3,600 s each.
    Hours,
    /// Calendar days.
    Days,
    /// Seven calendar days each.
    Weeks,
    /// Calendar months.
    Months,
}

/// Something that a notice must hold.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its placeholder in drafts.
    pub item: String,
    /// For people.
    pub label: Text,
}

/// How sure the wording of an obligation is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
pub enum Confidence {
    /// The text's own, well-known wording.
    A,
    /// Known; the wording is to be compared with the text.
    B,
    /// Moving or uncertain.
    C,
}

/// A decision that the law gives to somebody; no clock.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Slug; the name of its file.
    pub id: String,
    /// Packs it belongs to.
    pub packs: Vec<String>,
    /// What is decided.
    pub title: Text,
    /// Who decides.
    pub decided_by: Text,
    /// When to think of it.
    pub consider_when: Text,
    /// What it opens.
    pub effect: Text,
    /// The article.
    pub legal_reference: Text,
    /// Where the text is found.
    pub source: String,
    /// How sure its wording here is.
    pub confidence: Confidence,
    /// When it was last compared with its text.
    pub checked_on: Option<Date>,
    /// What remains to be checked.
    pub to_be_checked: Option<Text>,
}

/// Somebody to tell though no law sets a clock.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tell {
    /// Slug.
    pub id: String,
    /// Whom.
    pub who: Text,
    /// Why, and what to say.
    pub why: Text,
}

/// The obligations of a place.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// For people.
    pub title: Text,
    /// Country whose public holidays count.
    pub country: Option<String>,
    /// Time zones of which it is the pack.
    #[serde(default)]
    pub time_zones: Vec<String>,
    /// Whether it is the one of places that no other pack claims.
    #[serde(default)]
    pub elsewhere: bool,
    /// The fact that turns it on.
    pub enabled_by: Option<String>,
    /// Whether Regulation 1182/71 counts its terms (else no latest reading is given).
    #[serde(default)]
    pub european_counting: bool,
    /// What is taken for granted there.
    #[serde(default)]
    pub assumed: BTreeMap<String, Value>,
}

/// Every obligation, with the words and the rules they use.
#[derive(Clone, Debug)]
pub struct Obligations {
    pub(crate) all: Vec<Obligation>,
    pub(crate) by_pack: BTreeMap<String, BTreeMap<String, Variant>>,
    pub(crate) facts: BTreeMap<String, FactWords>,
    pub(crate) packs: BTreeMap<String, Pack>,
    pub(crate) holidays: BTreeMap<String, Holidays>,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) tell: Vec<Tell>,
    pub(crate) chosen: BTreeSet<String>,
}

/// How people speak of a fact.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FactWords {
    pub(crate) label: Text,
    pub(crate) ask: Text,
}

/// What a pack says differently of an obligation.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Variant {
    pub(crate) recipient: Option<Text>,
    pub(crate) legal_reference: Option<Text>,
    pub(crate) note: Option<Text>,
    pub(crate) confidence: Option<Confidence>,
    pub(crate) to_be_checked: Option<Text>,
}

impl Obligations {
    /// Those that bind a hospital in a time zone (an IANA name; without one, France), with those of
    /// the packs that a stated fact turns on.
    #[must_use]
    pub fn of_place(&self, time_zone: Option<&str>, facts: &Facts) -> Obligations {
        let zone = time_zone.unwrap_or("Europe/Paris");
        let mut names: Vec<&str> = Vec::new();
        let claims = |pack: &Pack| pack.time_zones.iter().any(|it| it.eq_ignore_ascii_case(zone));
        let home = self.packs.iter().find(|(_, pack)| claims(pack));
        let home = home.or_else(|| self.packs.iter().find(|(_, pack)| pack.elsewhere));
        names.extend(home.map(|(name, _)| name.as_str()));
        let enabled = |pack: &Pack| {
            pack.enabled_by
                .as_ref()
                .and_then(|name| facts.fact(name))
                .is_some_and(|it| it.value == Value::Yes)
        };
        names.extend(self.packs.iter().filter(|(_, pack)| enabled(pack)).map(|(name, _)| name.as_str()));
        self.of_packs(&names)
    }

    /// Those of some packs, each with what its pack says of it (the first pack named wins).
    #[must_use]
    pub fn of_packs(&self, names: &[&str]) -> Obligations {
        let mut chosen = self.clone();
        chosen.all.retain_mut(|obligation| {
            let packs = self.by_pack.get(&obligation.id);
            let found = names.iter().find_map(|name| Some((*name, packs?.get(*name)?)));
            let Some((name, variant)) = found else { return false };
            obligation.pack = name.to_owned();
            variant.apply(obligation);
            true
        });
        chosen.decisions.retain(|it| it.packs.iter().any(|pack| names.contains(&pack.as_str())));
        chosen.chosen = names.iter().map(|name| (*name).to_owned()).collect();
        chosen
    }

    /// What its packs take for granted, where `facts` say nothing.
    #[must_use]
    pub fn complete(&self, facts: Facts) -> Facts {
        let packs = self.packs.iter().filter(|(name, _)| self.chosen.contains(*name));
        packs.fold(facts, |facts, (_, pack)| {
            facts.or_assume(pack.assumed.iter().map(|(name, value)| (name.clone(), *value)))
        })
    }

    /// The obligations, by id.
    #[must_use]
    pub fn all(&self) -> &[Obligation] {
        &self.all
    }

    /// One of them.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Obligation> {
        self.all.iter().find(|it| it.id == id)
    }

    /// Decisions that the law gives to somebody.
    #[must_use]
    pub fn decisions(&self) -> &[Decision] {
        &self.decisions
    }

    /// Whom to tell though no law sets a clock.
    #[must_use]
    pub fn also_tell(&self) -> &[Tell] {
        &self.tell
    }

    /// The question that settles a fact.
    #[must_use]
    pub fn question(&self, fact: &str) -> Option<&Text> {
        self.facts.get(fact).map(|words| &words.ask)
    }

    /// A fact in words, with what it comes to where that is not a plain yes ("risk to persons unlikely:
    /// no").
    #[must_use]
    pub fn phrase(&self, fact: &str, facts: &Facts, language: Language) -> String {
        let label = self.facts.get(fact).map_or(fact, |words| words.label.in_language(language));
        match (facts.fact(fact).map(|it| it.value), language) {
            (Some(Value::Yes), _) => label.to_owned(),
            (Some(Value::No), Language::En) => format!("{label}: no"),
            (Some(Value::No), Language::Fr) => format!("{label} : non"),
            (Some(Value::Number(number)), Language::En) => format!("{label}: {number}"),
            (Some(Value::Number(number)), Language::Fr) => format!("{label} : {number}"),
            (None, Language::En) => format!("{label}: unknown"),
            (None, Language::Fr) => format!("{label} : inconnu"),
        }
    }

    /// Every fact that can be stated, with its question, by name.
    pub fn facts(&self) -> impl Iterator<Item = (&str, &Text)> {
        self.facts.iter().map(|(name, words)| (name.as_str(), &words.ask))
    }

    /// The public holidays of a country (`fr`), where content knows them.
    #[must_use]
    pub fn holidays(&self, country: &str) -> Option<&Holidays> {
        self.holidays.get(country)
    }

    /// Working days of an obligation's place; `None` where European counting does not apply.
    pub(crate) fn calendar(&self, obligation: &Obligation) -> Option<Calendar<'_>> {
        let pack = self.packs.get(&obligation.pack).filter(|pack| pack.european_counting)?;
        let holidays = pack.country.as_ref().and_then(|country| self.holidays.get(country));
        Some(Calendar::of(holidays))
    }
}

impl Variant {
    fn apply(&self, obligation: &mut Obligation) {
        if let Some(recipient) = &self.recipient {
            obligation.recipient = recipient.clone();
        }
        if let Some(legal_reference) = &self.legal_reference {
            obligation.legal_reference = legal_reference.clone();
        }
        if let Some(confidence) = self.confidence {
            obligation.confidence = confidence;
        }
        obligation.note = self.note.clone().or_else(|| obligation.note.take());
        obligation.to_be_checked = self.to_be_checked.clone().or_else(|| obligation.to_be_checked.take());
    }
}

impl TryFrom<Yaml> for Start {
    type Error = &'static str;

    fn try_from(yaml: Yaml) -> Result<Start, &'static str> {
        const EXPECTED: &str =
            "a start is detection, awareness, none, {after: OBLIGATION} or {event: FACT}, with one key";
        let only = |yaml: &Yaml| {
            let mapping = yaml.as_mapping().filter(|it| it.len() == 1)?;
            let (key, value) = mapping.iter().next()?;
            Some((key.as_str()?.to_owned(), value.as_str()?.to_owned()))
        };
        match yaml.as_str() {
            Some("detection") => return Ok(Start::Detection),
            Some("awareness") => return Ok(Start::Awareness),
            Some("none") => return Ok(Start::None),
            _ => {}
        }
        match only(&yaml) {
            Some((key, name)) if key == "after" => Ok(Start::After(name)),
            Some((key, name)) if key == "event" => Ok(Start::Event(name)),
            _ => Err(EXPECTED),
        }
    }
}

impl Deadline {
    /// Reads `without_delay`, `on_request`, `always`, a term (`{hours: 24}`, `{days: 60, after:
    /// year_end}`), or a list of terms each with its `when`.
    pub(crate) fn parse_all(yaml: &Yaml) -> Result<Vec<Deadline>, String> {
        let always = |limit| Ok(vec![Deadline { when: None, limit }]);
        match yaml {
            Yaml::String(word) => match word.as_str() {
                "without_delay" => always(Limit::WithoutDelay),
                "on_request" => always(Limit::OnRequest),
                "always" => always(Limit::Always),
                _ => Err(DEADLINE_EXPECTED.to_owned()),
            },
            Yaml::Sequence(list) if !list.is_empty() => list.iter().map(Deadline::parse).collect(),
            other => Ok(vec![Deadline::parse(other)?]),
        }
    }

    fn parse(yaml: &Yaml) -> Result<Deadline, String> {
        let mapping = yaml.as_mapping().ok_or(DEADLINE_EXPECTED)?;
        let (mut when, mut length, mut after_year_end) = (None, None, false);
        for (key, value) in mapping {
            let unit = match key.as_str().unwrap_or_default() {
                "when" => {
                    when = Some(Condition::try_from(value.clone())?);
                    continue;
                }
                "after" if value.as_str() == Some("year_end") => {
                    after_year_end = true;
                    continue;
                }
                "hours" => Unit::Hours,
                "days" => Unit::Days,
                "weeks" => Unit::Weeks,
                "months" => Unit::Months,
                _ => return Err(DEADLINE_EXPECTED.to_owned()),
            };
            let number = value.as_u64().and_then(|it| u16::try_from(it).ok()).ok_or(DEADLINE_EXPECTED)?;
            if length.replace((number, unit)).is_some() {
                return Err("a deadline has one length".to_owned());
            }
        }
        let (number, unit) = length.ok_or(DEADLINE_EXPECTED)?;
        if after_year_end && unit == Unit::Hours {
            return Err("a term after the year's end is in days, weeks or months".to_owned());
        }
        Ok(Deadline { when, limit: Limit::Within(Term { number, unit, after_year_end }) })
    }
}

const DEADLINE_EXPECTED: &str = "a deadline is without_delay, on_request, always, {hours: N}, {days: N}, \
     {weeks: N}, {months: N}, with `after: year_end` or `when: CONDITION` where needed, or a list of these";
