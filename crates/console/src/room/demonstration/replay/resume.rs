//! Where a replay stands, so that it goes on there after a restart.
//!
//! Invariant: the night's clock stands while nothing serves it; nothing that people did before lies after the instant
//! from which it goes on.

use std::path::Path;

use jiff::Timestamp;
use store::entity::{Attachment, Incident, IncidentKind, IncidentState};
use store::{Actor, Store};

use crate::app::App;
use crate::clock;
use crate::problem::Result;
use crate::reading::{Live, live};

/// A night that unfolds.
pub(super) struct Open {
    pub(super) incident: Incident,
    pub(super) attachment: Attachment,
    pub(super) live: Live,
}

/// The night that unfolds, where one does and nobody closed it.
pub(super) async fn open(store: &Store) -> Result<Option<Open>> {
    let all = store.all::<Attachment>().await?;
    for attachment in all {
        let (Some(live), Some(incident)) = (live(&attachment), &attachment.incident) else { continue };
        let incident = store.get::<Incident>(incident).await?;
        if incident.kind == IncidentKind::Demonstration && incident.state == IncidentState::Open {
            return Ok(Some(Open { incident, attachment, live }));
        }
    }
    Ok(None)
}

/// Sets the clock of a night that unfolds back to where it stood when the server ended. Where a speed is given, it goes
/// on at that.
pub(crate) async fn resume(app: &App) -> Result<()> {
    let Some(open) = open(&app.store).await? else { return Ok(()) };
    let at = stood(&app.store, &open).await?;
    let speed = app.config.demonstration.as_ref().and_then(|demo| demo.replay);
    let mut change = app.store.begin(&Actor::machine()).await?;
    let set = |it: &mut Incident| {
        (it.clock_wall, it.clock_own) = (Some(Timestamp::now().into()), Some(at.into()));
        it.clock_speed = speed.unwrap_or(it.clock_speed);
    };
    change.edit::<Incident>(&open.incident.id, None, set).await?;
    change.commit().await?;
    Ok(())
}

/// The night's clock at the last thing that was written of it.
async fn stood(store: &Store, open: &Open) -> Result<Timestamp> {
    let last = store.audit_before(i64::MAX, Some(&open.incident.id), 1).await?;
    let last = last.first().map(|line| clock::now(&open.incident, line.at.0));
    Ok(last.map_or(open.live.at, |last| last.max(open.live.at)))
}

/// Whether a data folder holds a night that goes on unfolding once it is served.
pub async fn unfinished(data: &Path) -> bool {
    if !data.join("rempart.sqlite").is_file() {
        return false;
    }
    let Ok(store) = Store::open_beside(&store::sqlite_url(data)).await else { return false };
    let found = open(&store).await;
    // What cannot be read is no night that goes on.
    store.close().await.is_ok() && found.is_ok_and(|it| it.is_some())
}
