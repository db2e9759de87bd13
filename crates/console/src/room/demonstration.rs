//! The demonstration group: its map, its night, and one link that signs in.
//!
//! Invariant: its evidence is read by the same functions as anybody's; nothing here knows what the night holds.

mod replay;

use std::path::{Path, PathBuf};

use assess::Reading;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;
use store::entity::{
    Account, Attachment, AttachmentKind, AttachmentState, Incident, IncidentKind, IncidentState, Link,
    LinkKind, MapVersion, Origin,
};
use store::{Actor, Instant, Json, new_id};

use crate::app::{App, Demonstration};
use crate::desk::{self, evidence_folder, found_file};
use crate::problem::{Problem, Result};
use crate::reading::Live;
use crate::setup::add_link;
use crate::shelf::{check, pack};

use self::replay::Tape;

pub use self::replay::unfinished;
pub(crate) use self::replay::{replay, resume};

/// The link works for this long, in hours.
const HOURS: i64 = 24 * 30;

/// Puts the demonstration into an empty data folder; gives the path of a link that signs in.
///
/// # Errors
/// When the map or the evidence cannot be read, or the store refuses.
pub(crate) async fn prepare(app: &App) -> Result<String> {
    let Some(demo) = &app.config.demonstration else { return Ok("/".to_owned()) };
    let account = match app.store.account_named("demonstration").await? {
        Some(account) => account,
        None => fill(app, demo).await?,
    };
    let fresh = access::secret::link();
    let mut change = app.store.begin(&Actor::machine()).await?;
    for old in app.store.all::<Link>().await?.into_iter().filter(|it| it.kind == LinkKind::Demonstration) {
        change.remove::<Link>(&old.id).await?;
    }
    add_link(&mut change, &fresh, LinkKind::Demonstration, Some(account.id), HOURS).await?;
    change.commit().await?;
    Ok(format!("/demonstration/{}", fresh.text))
}

async fn fill(app: &App, demo: &Demonstration) -> Result<Account> {
    let files = hospital::read(&demo.map).map_err(|error| Problem::inside(&error))?;
    let now = Timestamp::now();
    let mut incident = incident(demo, now);
    let mut attachment = attachment(&incident, now);
    let folder = evidence_folder(app, &incident.id).join("files").join(&attachment.id);
    copy(&demo.evidence, &folder).map_err(|error| Problem::inside(&error))?;
    if let Some(speed) = demo.replay {
        let zone = check(&pack(&files)).map.map(|map| map.time_zone.clone());
        unfolding(&mut incident, demo, &folder, zone, speed).map_err(|error| Problem::inside(&error))?;
        attachment.state = AttachmentState::Read;
        let at = incident.clock_own.unwrap_or(incident.opened_at).0;
        let live = Live { at, end: demo.end };
        attachment.reading = Some(replay::told(&app.rooms.engine, &Reading::default(), Some(live))?);
        let found = found_file(app, &incident.id, &attachment.id);
        std::fs::create_dir_all(found.parent().unwrap_or(&folder))
            .map_err(|error| Problem::inside(&error))?;
        std::fs::write(found, []).map_err(|error| Problem::inside(&error))?;
    }
    let mut change = app.store.begin(&Actor::machine()).await?;
    let map = MapVersion {
        id: new_id(),
        version: 0,
        number: 1,
        files: pack(&files),
        remark: demo.remark.clone(),
        author: "rempart".to_owned(),
        at: Instant::from(now),
    };
    change.add(map).await?;
    change.add(incident).await?;
    change.add(attachment).await?;
    let account = Account {
        id: new_id(),
        version: 0,
        name: "demonstration".to_owned(),
        shown: "demonstration".to_owned(),
        origin: Origin::Local,
        subject: None,
        password: None,
        mail: None,
        lang: None,
        active: true,
        created_at: Instant::from(now),
    };
    let account = change.add(account).await?;
    change.commit().await?;
    desk::round(app).await?;
    Ok(account)
}

/// The night as an incident: its clock stands where the evidence ends, and runs at life's pace.
fn incident(demo: &Demonstration, now: Timestamp) -> Incident {
    let end = demo.end;
    let start = end.checked_sub(replay::AWARE_BEFORE).unwrap_or(end);
    Incident {
        id: new_id(),
        version: 0,
        title: demo.title.clone(),
        kind: IncidentKind::Demonstration,
        state: IncidentState::Open,
        site: None,
        opened_at: Instant::from(start),
        closed_at: None,
        aware_at: Some(Instant::from(start)),
        facts: Json(json!({})),
        clock_wall: Some(Instant::from(now)),
        clock_own: Some(Instant::from(end)),
        clock_speed: 1.0,
        horizon: 86_400,
    }
}

/// Sets a night's clock to where its evidence begins; nobody is aware of anything yet.
fn unfolding(
    incident: &mut Incident,
    demo: &Demonstration,
    folder: &Path,
    zone: Option<TimeZone>,
    speed: f64,
) -> std::io::Result<()> {
    let options =
        evidence::Options { time_zone: zone, reference: Some(demo.end), ..evidence::Options::default() };
    let tape = Tape::load(folder, &options, Timestamp::now())?;
    let first = tape.span().map_or(demo.end, |(first, _)| first);
    incident.opened_at = Instant::from(first);
    incident.aware_at = None;
    // Set once all is read: reading takes its time too.
    incident.clock_wall = Some(Instant::from(Timestamp::now()));
    incident.clock_own = Some(Instant::from(first));
    incident.clock_speed = speed;
    Ok(())
}

/// The night's evidence, as one attachment.
fn attachment(incident: &Incident, now: Timestamp) -> Attachment {
    Attachment {
        id: new_id(),
        version: 0,
        incident: Some(incident.id.clone()),
        kind: AttachmentKind::Evidence,
        about: None,
        name: "evidence".to_owned(),
        size: 0,
        arrived: 0,
        sha256: None,
        state: AttachmentState::Kept,
        reading: None,
        author: "rempart".to_owned(),
        at: Instant::from(now),
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    let mut folders: Vec<(PathBuf, PathBuf)> = vec![(from.to_path_buf(), to.to_path_buf())];
    while let Some((from, to)) = folders.pop() {
        std::fs::create_dir_all(&to)?;
        for entry in std::fs::read_dir(from)? {
            let entry = entry?;
            let target = to.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push((entry.path(), target));
            } else {
                std::fs::copy(entry.path(), target)?;
            }
        }
    }
    Ok(())
}
