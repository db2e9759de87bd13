//! The assessment: one value that says what happened, what care it puts at risk, what to cut, whom
//! to tell and what comes back first. Every face (terminal, JSON, HTML, console) shows this value.
//!
//! Invariant: plain data. Ids are the map's, instants are UTC, care is in weighted care-hours, and
//! what is unknown is `null`, never a guess. With its list of signals its JSON form is described by
//! `docs/assessment.schema.json`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use detect::{Level, Stance};

use crate::signals::SignalList;

/// What Rempart says of some evidence, at an instant. `S` stands for the signals: by default how many they are, which
/// is all that faces need; or a list of them, which makes the published JSON.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Assessment<S = u64> {
    /// Version of this shape.
    pub version: u32,
    /// The instant it speaks of.
    pub now: Timestamp,
    /// Whether reading was interrupted: what is here was found so far.
    pub partial: bool,
    /// What was read.
    pub evidence: Evidence,
    /// The rules that judged it.
    pub rules: RuleCount,
    /// Every match of every rule, in order of time.
    pub signals: S,
    /// Signals joined into stories, worst first.
    pub chains: Vec<Chain>,
    /// Assets whose stance people saw themselves: it stands before that of any chain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<ChainAsset>,
    /// Assets that people found sound, whatever chains say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sound: Vec<String>,
    /// Care that stops or gets worse, soonest first.
    pub care: Vec<Care>,
    /// What may be cut, from nothing to the least danger.
    pub containment: Vec<Containment>,
    /// Whom to tell, by when.
    pub obligations: Vec<Obligation>,
    /// What comes back first.
    pub restoration: Option<Restoration>,
    /// What is missing, and what it would add; sentences.
    pub missing: Vec<String>,
}

/// What was read, and what could not be.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Evidence {
    /// Files read at least in part.
    pub files: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Records read.
    pub events: u64,
    /// Earliest trusted instant.
    pub first: Option<Timestamp>,
    /// Latest trusted instant.
    pub last: Option<Timestamp>,
    /// Damage and refused access, one entry a path.
    pub unreadable: Vec<Piece>,
    /// Files that are not logs.
    pub skipped: Vec<Piece>,
    /// What was assumed while reading (years inferred, zones taken), one entry a path.
    pub assumed: Vec<Piece>,
    /// Hosts in signals that no asset answers to.
    pub unknown_hosts: Vec<String>,
    /// Hosts that several assets answer to.
    pub ambiguous_hosts: Vec<Ambiguous>,
}

/// A path and what is said of it.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Piece {
    /// Relative to the evidence given.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// A host that several assets answer to.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Ambiguous {
    /// As written in the evidence.
    pub host: String,
    /// Who answers.
    pub candidates: Vec<String>,
}

/// The rules that judged the evidence.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct RuleCount {
    /// How many were loaded.
    pub loaded: u64,
    /// Rules that could not be, and why.
    pub refused: Vec<Piece>,
}

/// A rule's match.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Signal {
    /// The rule's id.
    pub rule: String,
    /// The rule's title.
    pub title: String,
    /// How much its author worries.
    pub level: Level,
    /// When.
    pub time: Option<Timestamp>,
    /// The host that spoke.
    pub host: Option<String>,
    /// The asset it is bound to.
    pub asset: Option<String>,
    /// ATT&CK techniques.
    pub techniques: Vec<String>,
    /// ATT&CK tactics.
    pub tactics: Vec<String>,
    /// How many signals this line stands for, where storms are folded.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub count: u32,
    /// Where it was read.
    pub source: Source,
}

/// Where an event was read.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Source {
    /// Path relative to the evidence given.
    pub path: String,
    /// `EventRecordID`, else the line from 1.
    pub record: u64,
}

/// Signals that tell one story.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Chain {
    /// `chain-1`, in order of score.
    pub id: String,
    /// Earliest instant.
    pub start: Option<Timestamp>,
    /// Latest instant.
    pub end: Option<Timestamp>,
    /// ATT&CK tactics in the order of the kill chain.
    pub tactics: Vec<String>,
    /// Spread over tactics, severity, rarity and care in reach.
    pub score: u32,
    /// The story in one sentence.
    pub sentence: String,
    /// Places in `signals`, ascending.
    pub signals: Vec<u64>,
    /// What it says of each asset, worst first.
    pub assets: Vec<ChainAsset>,
}

/// What a chain says of an asset.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ChainAsset {
    /// The asset's id; `null` for a host that the map does not know.
    pub id: Option<String>,
    /// The host as written.
    pub host: String,
    /// Suspected, compromised or lost.
    pub stance: Stance,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Title of the rule that says so, or what people say of it.
    pub why: String,
    /// Whether part of what is said of it came from senders that prove nothing; absent where not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unproven: bool,
}

/// Whether care is being lost, or would be if the attack went on.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outlook {
    /// It follows from what is lost already.
    Losing,
    /// It follows if every compromised asset is lost now.
    AtRisk,
}

/// A care service that stops or gets worse.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Care {
    /// The service's id.
    pub service: String,
    /// Its site's id.
    pub site: String,
    /// Losing or at risk.
    pub outlook: Outlook,
    /// Since when it lives on its fallback: when the first provider on the path went away.
    pub fallback_at: Option<Timestamp>,
    /// When it gets worse.
    pub degrades_at: Option<Timestamp>,
    /// When it stops.
    pub stops_at: Option<Timestamp>,
    /// From its provider to the asset that was hit.
    pub because: Vec<String>,
}

/// One action of an option.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Action {
    /// The lever that does it; `null` where the map has none for it.
    pub lever: Option<String>,
    /// What is done to it.
    pub kind: ActionKind,
    /// The asset, flow, account or site.
    pub target: String,
}

/// What an action does.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// Closes a flow.
    Close,
    /// Closes every flow between the Internet and a site.
    CutInternet,
    /// Disables an account, or the accounts of a server.
    Disable,
    /// Isolates an asset from every network.
    Isolate,
    /// Switches an asset off.
    SwitchOff,
}

impl ActionKind {
    /// Its word in files and in the keys of words: `cut_internet`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            ActionKind::Close => "close",
            ActionKind::CutInternet => "cut_internet",
            ActionKind::Disable => "disable",
            ActionKind::Isolate => "isolate",
            ActionKind::SwitchOff => "switch_off",
        }
    }
}

/// A set of levers, with what it costs and what it saves.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Containment {
    /// What is done, one entry an action; empty for doing nothing.
    pub levers: Vec<Action>,
    /// Its price: care lost by pulling, no further attack.
    pub care_lost: f64,
    /// Care lost with it if the attack goes on.
    pub danger: f64,
    /// Danger of doing nothing less its own.
    pub care_saved: f64,
    /// Over how many hours these figures count.
    pub horizon: f64,
    /// Whether the price is a lower bound: a need crosses a closed border by a way the map does not name.
    pub at_least: bool,
    /// Minutes it takes, where the map says so.
    pub minutes: Option<u32>,
    /// What an attacker can still reach.
    pub still_reachable: Vec<String>,
    /// What is done, in words: one entry a lever, or a kind of action by hand.
    #[serde(default)]
    pub actions: Vec<String>,
    /// Care services that its price falls on, the heaviest first.
    #[serde(default)]
    pub pays: Vec<String>,
    /// The option in one sentence.
    pub sentence: String,
    /// Whether part of what it answers came from senders that prove nothing; absent where not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unproven: bool,
}

/// Someone to tell.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Obligation {
    /// Its content file's id.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Whom to tell.
    pub recipient: String,
    /// Whether its clock runs.
    pub status: Status,
    /// From when it counts.
    pub starts_at: Option<Timestamp>,
    /// The strict deadline; `null` where the law gives no instant.
    pub due_at: Option<Timestamp>,
    /// The latest reading; information only.
    pub latest_at: Option<Timestamp>,
    /// The article.
    pub legal_reference: String,
    /// Whether the wording must still be checked against the text.
    pub to_be_checked: bool,
    /// Why it counts, and from what.
    pub why: String,
    /// Facts taken for granted.
    pub assumed: Vec<String>,
    /// Questions that would settle it.
    pub ask: Vec<String>,
    /// The same questions, each with the fact that it settles. Not in the published JSON; [`Kept`] has them.
    #[serde(skip)]
    pub asks: Vec<Asked>,
    /// What the notice must hold, each with what is known. Not in the published JSON; [`Kept`] has it.
    #[serde(skip)]
    pub draft: Option<String>,
}

/// A question, and the fact that it settles.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Asked {
    /// The fact's name; `aware` for the awareness.
    pub fact: String,
    /// The question, in words.
    pub question: String,
}

/// Whether an obligation's clock runs; what is due comes first.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It runs.
    Due,
    /// It may run: a fact is unknown.
    Possible,
    /// It runs when somebody asks.
    OnRequest,
}

impl Status {
    /// Its word in the keys of words: `on-request`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Status::Due => "due",
            Status::Possible => "possible",
            Status::OnRequest => "on-request",
        }
    }
}

/// The way back.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Restoration {
    /// Steps by start.
    pub steps: Vec<Step>,
    /// When each service that was hit is whole again.
    pub services: Vec<ServiceReturn>,
    /// What each lost node comes back from.
    pub nodes: Vec<NodeReturn>,
    /// Care lost with this plan, from the losses to the horizon or the return.
    pub care_lost: f64,
    /// No plan loses less than this.
    pub bound: f64,
    /// Care lost by restoring for the heaviest service first, for comparison.
    pub heaviest_first: f64,
    /// Hours from `now` to which harm without a planned end is counted.
    pub horizon: f64,
    /// Compromised assets that still run: not planned.
    pub not_planned: Vec<String>,
}

/// One planned step.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Step {
    /// The node restored.
    pub node: String,
    /// The step's id.
    pub step: String,
    /// Who does it.
    pub teams: Vec<String>,
    /// When it starts.
    pub start: Timestamp,
    /// When it is done.
    pub end: Timestamp,
    /// Why it stands there.
    pub why: String,
}

/// When a service is back.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ServiceReturn {
    /// The service.
    pub id: String,
    /// When it works again (for one that only got worse: when it is whole); `null` where unknown.
    pub back_at: Option<Timestamp>,
    /// When nothing is missing any more; `null` where unknown.
    pub whole_at: Option<Timestamp>,
    /// When it works again if every step takes its least time. Not in the published JSON.
    #[serde(skip)]
    pub soonest: Option<Timestamp>,
    /// The same if every step takes its longest. Not in the published JSON.
    #[serde(skip)]
    pub latest: Option<Timestamp>,
}

/// What a lost node comes back from.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct NodeReturn {
    /// The node.
    pub id: String,
    /// When it is whole again; `null` where unknown.
    pub back_at: Option<Timestamp>,
    /// How it comes back.
    pub way: Way,
    /// When the copy was taken.
    pub restore_point: Option<Timestamp>,
    /// Hours of data lost with that copy.
    pub hours_lost: Option<f64>,
    /// Whether the copy was taken after the first compromise.
    pub maybe_tainted: bool,
}

/// How a lost node comes back.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// From a copy.
    Backup,
    /// Made anew.
    Rebuild,
    /// Nobody can say.
    Unknown,
}

impl Way {
    /// Its word in the keys of words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Way::Backup => "backup",
            Way::Rebuild => "rebuild",
            Way::Unknown => "unknown",
        }
    }
}

/// An assessment as a store keeps it: how many signals instead of the list, and what the published JSON leaves out.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Kept {
    assessment: Assessment,
    /// Drafts of notices, by the obligation's id.
    drafts: BTreeMap<String, String>,
    /// Questions with their facts, by the obligation's id.
    #[serde(default)]
    asks: BTreeMap<String, Vec<Asked>>,
}

impl From<Assessment> for Kept {
    fn from(mut assessment: Assessment) -> Kept {
        let (mut drafts, mut asks) = (BTreeMap::new(), BTreeMap::new());
        for obligation in &mut assessment.obligations {
            if let Some(draft) = obligation.draft.take() {
                drafts.insert(obligation.id.clone(), draft);
            }
            if !obligation.asks.is_empty() {
                asks.insert(obligation.id.clone(), std::mem::take(&mut obligation.asks));
            }
        }
        Kept { assessment, drafts, asks }
    }
}

impl From<Kept> for Assessment {
    fn from(kept: Kept) -> Assessment {
        let Kept { mut assessment, mut drafts, mut asks } = kept;
        for obligation in &mut assessment.obligations {
            obligation.draft = drafts.remove(&obligation.id);
            obligation.asks = asks.remove(&obligation.id).unwrap_or_default();
        }
        assessment
    }
}

/// How a care service stands at an instant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// It works, with nothing missing yet.
    Up,
    /// It would be hit if the attack went on.
    AtRisk,
    /// It lives on its fallback.
    Fallback,
    /// It goes on, worse.
    Degraded,
    /// It does not work.
    Stopped,
}

impl Care {
    /// How the service stands at `now`.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> State {
        let past = |time: Option<Timestamp>| time.is_some_and(|time| time <= now);
        match self.outlook {
            Outlook::AtRisk => State::AtRisk,
            Outlook::Losing if past(self.stops_at) => State::Stopped,
            Outlook::Losing if past(self.degrades_at) => State::Degraded,
            Outlook::Losing if past(self.fallback_at) => State::Fallback,
            Outlook::Losing => State::Up,
        }
    }

    /// What comes next after `now`: the instant, and whether it stops (or gets worse).
    #[must_use]
    pub fn next(&self, now: Timestamp) -> Option<(Timestamp, State)> {
        let worse = self.degrades_at.map(|time| (time, State::Degraded));
        let stop = self.stops_at.map(|time| (time, State::Stopped));
        match (worse, stop) {
            (Some(worse), Some(stop)) if worse.0 < stop.0 && worse.0 > now => Some(worse),
            (_, Some(stop)) if stop.0 > now => Some(stop),
            (Some(worse), None) if worse.0 > now => Some(worse),
            _ => None,
        }
    }
}

fn is_one(count: &u32) -> bool {
    *count == 1
}

fn one() -> u32 {
    1
}

impl Assessment<SignalList<'_>> {
    /// Folds storms: repeats of a rule on a host within an hour become one line with a count.
    ///
    /// # Errors
    /// When the signals cannot be read back.
    pub fn fold(&mut self) -> std::io::Result<()> {
        let places = self.signals.fold()?;
        for chain in &mut self.chains {
            for place in &mut chain.signals {
                *place = places[*place as usize];
            }
            chain.signals.dedup();
        }
        Ok(())
    }
}

impl<'e> Assessment<SignalList<'e>> {
    /// The assessment without its signals, and the signals.
    #[must_use]
    pub fn split(self) -> (Assessment, SignalList<'e>) {
        let count = self.signals.len();
        self.replace(count)
    }
}

impl<S> Assessment<S> {
    /// The same with these signals instead of its own: a list of them gives the published JSON.
    #[must_use]
    pub fn with<T>(self, signals: T) -> Assessment<T> {
        self.replace(signals).0
    }

    fn replace<T>(self, signals: T) -> (Assessment<T>, S) {
        let assessment = Assessment {
            version: self.version,
            now: self.now,
            partial: self.partial,
            evidence: self.evidence,
            rules: self.rules,
            signals,
            chains: self.chains,
            seen: self.seen,
            sound: self.sound,
            care: self.care,
            containment: self.containment,
            obligations: self.obligations,
            restoration: self.restoration,
            missing: self.missing,
        };
        (assessment, self.signals)
    }

    /// Assets and hosts with this stance, each once: as people saw it, else by its worst stance over all chains.
    pub fn with_stance(&self, stance: Stance) -> Vec<&ChainAsset> {
        let mut worst: BTreeMap<(&Option<String>, &str), &ChainAsset> = BTreeMap::new();
        for asset in self.chains.iter().flat_map(|chain| &chain.assets) {
            let host = if asset.id.is_some() { "" } else { asset.host.as_str() };
            let kept = worst.entry((&asset.id, host)).or_insert(asset);
            if (asset.stance, std::cmp::Reverse(asset.since)) > (kept.stance, std::cmp::Reverse(kept.since)) {
                *kept = asset;
            }
        }
        worst.retain(|(id, _), _| id.as_ref().is_none_or(|id| !self.sound.contains(id)));
        worst.extend(self.seen.iter().map(|asset| ((&asset.id, ""), asset)));
        worst.into_values().filter(|asset| asset.stance == stance).collect()
    }
}
