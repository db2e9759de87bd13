//! What people said and did in an incident, as an assessment takes it: marks, sightings, cuts, steps, notices, facts.
//!
//! Invariant: what the map does not know is left out; the order in which people spoke is kept.

use std::collections::BTreeMap;

use detect::{Aside, FalseSignal, Stance};
use govern::{Facts, Value};
use hospital::{LeverId, Map, StepId};
use jiff::Timestamp;
use recover::Said;
use store::Json;
use store::entity::{Cut, Mark, Notice, NoticeState, Seen, Sighting, Step, StepState, Suppression};

use crate::app::App;
use crate::problem::Result;

/// What people said and did, as kept.
pub(super) struct Told {
    pub(super) false_signals: Vec<FalseSignal>,
    pub(super) asides: Vec<Aside>,
    pub(super) steps: Vec<Step>,
    pub(super) sightings: Vec<Sighting>,
    pub(super) cuts: Vec<Cut>,
    pub(super) notices: Vec<Notice>,
}

impl Told {
    /// Reads it.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(super) async fn read(app: &App, incident: &str, map: Option<&Map>) -> Result<Told> {
        let marks = app.store.of::<Mark>(incident).await?;
        let suppressions = app.store.all::<Suppression>().await?;
        let (false_signals, asides) = set_aside(map, &marks, &suppressions);
        Ok(Told {
            false_signals,
            asides,
            steps: app.store.of(incident).await?,
            sightings: app.store.of(incident).await?,
            cuts: app.store.of(incident).await?,
            notices: app.store.of(incident).await?,
        })
    }
}

/// Signals that marks name one by one, and those that marks and suppressions set aside, whenever they come.
fn set_aside(
    map: Option<&Map>,
    marks: &[Mark],
    suppressions: &[Suppression],
) -> (Vec<FalseSignal>, Vec<Aside>) {
    let (mut named, mut asides) = (Vec::new(), Vec::new());
    for mark in marks.iter().filter(|mark| mark.undone_at.is_none()) {
        if let (Some(path), Some(record)) = (&mark.path, mark.record) {
            let record = u64::try_from(record).unwrap_or_default();
            named.push(FalseSignal { rule: mark.rule.clone(), path: path.clone(), record });
        } else if mark.asset.is_some() || mark.host.is_some() {
            let rule = Some(mark.rule.clone());
            asides.extend(aside(map, rule, mark.asset.as_deref(), mark.host.clone()));
        }
    }
    for it in suppressions.iter().filter(|it| it.lifted_at.is_none()) {
        let of = aside(map, it.rule.clone(), it.asset.as_deref(), it.host.clone());
        let until = it.until.map(|until| until.0);
        asides.extend(of.map(|of| Aside { tactic: it.tactic.clone(), until, ..of }));
    }
    (named, asides)
}

/// None where the map does not know the asset.
fn aside(
    map: Option<&Map>,
    rule: Option<String>,
    asset: Option<&str>,
    host: Option<String>,
) -> Option<Aside> {
    let asset = match asset {
        Some(id) => Some(map?.find(id)?),
        None => None,
    };
    Some(Aside { rule, asset, host, ..Aside::default() })
}

/// What people said of the map's restoration steps, in order.
pub(super) fn steps(map: &Map, kept: &[Step]) -> Vec<recover::Mark> {
    let place = |id: &str| {
        map.all().find_map(|(node, row)| {
            let step = row.restore.iter().flatten().position(|step| step.id == id)?;
            Some(StepId { node, step: step as u32 })
        })
    };
    let one = |it: &Step| {
        let said = match it.state {
            StepState::Done => Said::Done(it.at.0),
            StepState::Begun => Said::Begun(it.at.0),
            StepState::Late => Said::Until(it.at.0),
            StepState::Pinned => Said::NotBefore(it.at.0),
        };
        Some(recover::Mark { step: place(&it.step)?, said })
    };
    kept.iter().filter_map(one).collect()
}

/// What people see of the map's assets, in order.
pub(super) fn sightings(map: &Map, kept: &[Sighting]) -> Vec<assess::Sighting> {
    let one = |it: &Sighting| {
        let stance = match it.stance {
            Seen::Lost => Some(Stance::Lost),
            Seen::Compromised => Some(Stance::Compromised),
            Seen::Suspected => Some(Stance::Suspected),
            Seen::Sound => None,
        };
        Some(assess::Sighting {
            asset: map.find(&it.asset)?,
            stance,
            since: it.since.0,
            why: it.reason.clone(),
        })
    };
    kept.iter().filter(|it| it.undone_at.is_none()).filter_map(one).collect()
}

/// The levers that are pulled.
pub(crate) fn cuts(map: &Map, kept: &[Cut]) -> Vec<(LeverId, Timestamp)> {
    let place = |id: &str| map.levers.iter().position(|lever| lever.id == id);
    let one = |it: &Cut| Some((LeverId(place(&it.lever)? as u32), it.at.0));
    kept.iter().filter(|it| it.undone_at.is_none()).filter_map(one).collect()
}

/// When each notice was first sent, and when stated events happened.
pub(super) fn sent(notices: &[Notice], facts: &Json) -> BTreeMap<String, Timestamp> {
    let events = facts.0.as_object().into_iter().flatten();
    let mut sent: BTreeMap<String, Timestamp> =
        events.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.parse().ok()?))).collect();
    for notice in notices.iter().filter(|it| it.state == NoticeState::Sent) {
        let at = notice.sent_at.unwrap_or(notice.at).0;
        sent.entry(notice.obligation.clone()).and_modify(|first| *first = at.min(*first)).or_insert(at);
    }
    sent
}

/// Facts stated, without events, which [`sent`] has.
pub(super) fn facts(kept: &Json) -> Facts {
    let stated = kept.0.as_object().into_iter().flatten().filter_map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Some((name.clone(), Value::parse(&text)?))
    });
    Facts::stated(stated)
}
