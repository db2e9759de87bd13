//! Who fell silent: each source, host by host, is expected to speak as it used to.
//!
//! A reader of its own sees what the spool keeps and learns from it. Of a host that the map knows, and of a source that
//! names no host, silence becomes an event of our own in the spool, which rules judge as any other; and so does its end.
//! What was learned lies beside the spool, with the place up to which it was learned.
//!
//! Bounds: [`KNOWN`] speakers; who comes later is not watched.
//!
//! Invariant: while nobody listened, nobody was silent: after a start, a stop of this machine, a clock set back, or while
//! the spool takes nothing, all count from then on.

mod rhythm;

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ::intake::spool::{Level, Place, Reader};
use ::intake::{Event, Source, Spool, identity};
use hospital::{Binder, Bound, Map};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::rhythm::Rhythm;
use crate::app::App;
use crate::beside::save;
use crate::problem::Result;

/// The reader of the spool.
pub(crate) const READER: &str = "silence";
/// Between two looks.
const BEAT: Duration = Duration::from_secs(5);
/// Where so many seconds lie between two looks, this machine stood still.
const STOOD_STILL: i64 = 120;
/// What was learned is kept this often, in looks.
const KEEP: u32 = 12;
const BATCH: usize = 4 << 20;
/// Speakers that are watched.
const KNOWN: usize = 10_000;
/// What is learned before silence is told: of a machine of the map; of one that people switch off; of a source alone.
const MACHINE: i64 = 4 * 3_600;
const SWITCHED_OFF: i64 = 7 * 86_400;
const ALONE: i64 = 86_400;
/// A kind of asset that people switch off.
const WORKSTATION: &str = "workstation";

/// A source, and a host that it speaks of.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
struct Speaker {
    source: String,
    authenticated_by: String,
    host: Option<String>,
}

/// What was learned.
#[derive(Default, Deserialize, Serialize)]
struct Known {
    /// Up to here the spool was read.
    end: Place,
    looked: i64,
    speakers: Vec<(Speaker, Rhythm)>,
}

/// What is known of everyone who speaks.
#[derive(Default)]
pub struct Silence {
    speakers: Mutex<BTreeMap<Speaker, Rhythm>>,
}

/// What is told of a source.
#[derive(Default)]
pub(crate) struct Told {
    /// Since when nothing of it is heard.
    pub(crate) since: Option<Timestamp>,
    /// Seconds between two events, usually, at this time.
    pub(crate) every: Option<i64>,
    /// Hosts that it spoke of and that are silent.
    pub(crate) hosts: Vec<String>,
}

impl Silence {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Speaker, Rhythm>> {
        self.speakers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who fell silent and was not told of; from now on they are.
    fn late(&self, map: Option<&Map>, now: i64) -> Vec<Late> {
        let binder = map.map(|map| (map, Binder::new(map)));
        let mut all = Vec::new();
        for (speaker, rhythm) in self.lock().iter_mut() {
            let bound = binder.as_ref().and_then(|(map, binder)| bind(map, binder, speaker));
            let (learning, host) = match bound {
                Some((kind, host)) if kind == WORKSTATION => (SWITCHED_OFF, Some(host)),
                Some((_, host)) => (MACHINE, Some(host)),
                None => (ALONE, None),
            };
            if let Some(since) = rhythm.silence(now, learning) {
                all.push(Late { speaker: speaker.clone(), host, since, every: rhythm.expected(now) });
                rhythm.silent = Some(since);
            }
        }
        all
    }

    /// What is known of a source.
    pub(crate) fn of(&self, source: &Source, now: Timestamp) -> Told {
        let all = self.lock();
        let own = || {
            all.iter()
                .filter(|(it, _)| it.source == source.name && it.authenticated_by == source.authenticated_by)
        };
        let is_silent = own().count() > 0 && own().all(|(_, rhythm)| rhythm.silent.is_some());
        let last = own().filter_map(|(_, rhythm)| rhythm.silent).max().filter(|_| is_silent);
        let silent = own().filter(|(_, rhythm)| rhythm.silent.is_some());
        Told {
            since: last.and_then(|at| Timestamp::from_second(at).ok()),
            every: own().filter_map(|(_, rhythm)| rhythm.expected(now.as_second())).min(),
            hosts: silent.filter_map(|(it, _)| it.host.clone()).collect(),
        }
    }
}

/// Learns and tells, until the process ends.
pub(crate) async fn work(app: App) {
    let Some(spool) = app.spool.clone() else { return };
    let mut reader = match spool.reader(READER) {
        Ok(reader) => reader,
        Err(error) => return tracing::error!(%error, "who falls silent is not seen"),
    };
    let file = app.config.data.join("spool").join("silence.json");
    let Known { end, mut looked, speakers } = load(&file);
    reader.resume(end);
    app.silence.lock().extend(speakers);
    let (mut looks, mut has_listened) = (0_u32, false);
    loop {
        tokio::time::sleep(BEAT).await;
        let (shared, of) = (app.clone(), spool.clone());
        let read = tokio::task::spawn_blocking(move || {
            let read = listen(&shared.silence, &of, &mut reader);
            (reader, read)
        });
        let Ok((back, read)) = read.await else { return };
        reader = back;
        let end = match read {
            Ok(end) => end,
            Err(error) => {
                tracing::error!(%error, "the spool cannot be read for who falls silent; tried again");
                continue;
            }
        };
        let now = Timestamp::now().as_second();
        let takes = spool.level() != Level::Shed && spool.failure().is_none();
        let mut has_told = false;
        if has_listened && takes && (0..STOOD_STILL).contains(&(now - looked)) {
            match look(&app, &spool, now).await {
                Ok(told) => has_told = told,
                Err(problem) => {
                    tracing::error!(detail = problem.english(), "silence could not be told; tried again");
                }
            }
        } else {
            app.silence.lock().values_mut().for_each(|rhythm| rhythm.resume(now));
        }
        (looked, has_listened) = (now, true);
        looks = looks.wrapping_add(1);
        if has_told || looks.is_multiple_of(KEEP) {
            let speakers =
                app.silence.lock().iter().map(|(it, rhythm)| (it.clone(), rhythm.clone())).collect();
            let known = Known { end, looked, speakers };
            let kept = save(&file, &known).and_then(|()| reader.commit(end).map_err(io::Error::other));
            if let Err(error) = kept {
                tracing::warn!(%error, "what was learned of sources could not be kept; tried again");
            }
        }
    }
}

/// Reads all that is new; where it ends.
fn listen(silence: &Silence, spool: &Spool, reader: &mut Reader) -> std::result::Result<Place, String> {
    let hash = RandomState::new();
    loop {
        let batch = reader.next(BATCH).map_err(|error| error.to_string())?;
        if batch.records.is_empty() {
            return Ok(batch.end);
        }
        let (mut ended, mut heard) = (Vec::new(), HashMap::new());
        let mut all = silence.lock();
        for record in batch.records.into_iter().filter(|it| it.source.authenticated_by != ITSELF) {
            let (host, at) = (host_of(&record.bytes), record.received.as_second());
            // Again within the second teaches nothing.
            if heard.insert(hash.hash_one((&record.source, &host)), at) == Some(at) {
                continue;
            }
            let Source { name, authenticated_by } = record.source;
            let speaker = Speaker { source: name, authenticated_by, host };
            if let Some(rhythm) = all.get_mut(&speaker) {
                ended.extend(rhythm.heard(at).map(|since| (speaker, since)));
            } else if all.len() < KNOWN {
                all.insert(speaker, Rhythm::new(at));
            }
        }
        drop(all);
        for (speaker, since) in ended {
            let name = speaker.host.clone();
            tell(spool, &speaker, name.as_deref(), since, "source-back", None);
        }
    }
}

/// Tells who is silent for longer than is usual; whether anybody is.
async fn look(app: &App, spool: &Spool, now: i64) -> Result<bool> {
    if !app.silence.lock().values().any(|rhythm| rhythm.silence(now, MACHINE).is_some()) {
        return Ok(false);
    }
    let sheet = app.shelf.latest(&app.store).await?;
    let map = sheet.as_ref().map(|sheet| &*sheet.map);
    let late = app.silence.late(map, now);
    let has_told = !late.is_empty();
    for Late { speaker, host, since, every } in late {
        // A host that no map knows is told of beside its source alone.
        if host.is_some() || speaker.host.is_none() {
            tell(spool, &speaker, host.as_deref(), since, "source-silent", every);
        }
    }
    Ok(has_told)
}

/// One who is silent.
struct Late {
    speaker: Speaker,
    /// The name by which events of it are bound to its asset.
    host: Option<String>,
    since: i64,
    every: Option<i64>,
}

/// The asset that a speaker is: its kind, and a name by which events of it are bound.
fn bind(map: &Map, binder: &Binder, speaker: &Speaker) -> Option<(String, String)> {
    let address = speaker.source.rsplit('/').next().and_then(|it| it.parse().ok());
    let bound = match &speaker.host {
        Some(host) => binder.bind(&[host], &[], &[]),
        None => binder.bind::<&str>(&[], &[address?], &[]),
    };
    let Bound::Asset(node) = bound else { return None };
    let (_, _, asset) = map.assets().find(|(id, _, _)| *id == node)?;
    let name = speaker.host.as_ref().or(asset.hosts.first()).or(asset.aliases.first())?;
    Some((asset.kind.clone(), name.clone()))
}

/// How our own events prove where they come from.
const ITSELF: &str = "itself";

/// Puts an event of our own into the spool; the same twice is known.
fn tell(spool: &Spool, speaker: &Speaker, host: Option<&str>, since: i64, action: &str, every: Option<i64>) {
    let Speaker { source, authenticated_by, host: named } = speaker;
    let instant = |at: i64| Timestamp::from_second(at).unwrap_or_default();
    let now = Timestamp::now();
    let id =
        format!("{action} {source}\0{authenticated_by}\0{} {since}", named.as_deref().unwrap_or_default());
    let mut event = json!({
        "@timestamp": now,
        "event": { "module": "rempart", "dataset": "rempart.intake", "action": action },
        "rempart": {
            "source": source, "authenticated_by": authenticated_by, "silent_since": instant(since),
            "expected_every": every,
        },
    });
    if let Some(host) = host {
        event["host"] = json!({ "name": host });
    }
    let event = Event {
        source: Arc::new(Source::new("rempart", ITSELF)),
        id: identity::named("rempart.intake", &id),
        bytes: event.to_string().into_bytes(),
    };
    let (source, host) = (source.clone(), host.map(str::to_owned));
    let action = action.to_owned();
    spool.append(&[event], move |kept| {
        if let Err(error) = kept {
            tracing::error!(%error, source, host, action, "a silence or its end could not be told");
        } else {
            tracing::warn!(source, host, action, "a source fell silent or speaks again");
        }
    });
}

/// The host that an event speaks of, by the names that shippers use, or in a syslog header.
fn host_of(bytes: &[u8]) -> Option<String> {
    let host = if bytes.starts_with(b"{") {
        serde_json::from_slice::<Document>(bytes).ok()?.host()?
    } else {
        let text = std::str::from_utf8(&bytes[..bytes.len().min(512)]).ok()?;
        let text = text.split_once('>').filter(|_| text.starts_with('<')).map_or(text, |it| it.1);
        let mut words = text.split_ascii_whitespace();
        let first = words.next()?;
        let has_zone_time = |word: &str| word.len() > 18 && word.as_bytes()[10] == b'T';
        match first {
            // RFC 5424: a version, then the time.
            "1" => words.nth(1),
            time if has_zone_time(time) => words.next(),
            // RFC 3164: a month, a day, a time.
            month if month.len() == 3 && words.nth(1).is_some_and(|time| time.contains(':')) => words.next(),
            _ => None,
        }?
        .to_owned()
    };
    let is_name = |it: char| it.is_alphanumeric() || "-._:$".contains(it);
    (!host.is_empty() && host != "-" && host.len() <= 255 && host.chars().all(is_name))
        .then(|| host.to_lowercase())
}

#[derive(Deserialize)]
struct Document {
    winlog: Option<Winlog>,
    #[serde(rename = "host.name")]
    flat: Option<Value>,
    host: Option<Value>,
    hostname: Option<Value>,
    #[serde(rename = "Computer")]
    computer: Option<Value>,
}

#[derive(Deserialize)]
struct Winlog {
    computer_name: Option<Value>,
}

impl Document {
    fn host(self) -> Option<String> {
        let inner = |host: &Value| host.get("name").or_else(|| host.get("hostname")).cloned();
        let named = self.host.as_ref().and_then(inner);
        let computer = self.winlog.and_then(|it| it.computer_name);
        let all = [computer, named, self.flat, self.host, self.hostname, self.computer];
        all.into_iter().flatten().find_map(|it| Some(it.as_str()?.to_owned()))
    }
}

/// What was learned before; nothing where the file is not there or damaged.
fn load(file: &PathBuf) -> Known {
    std::fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use ::intake::Options;
    use ::intake::spool::open_folder;

    use super::*;

    const HOUR: i64 = 3_600;

    /// One who spoke every ten seconds up to an hour.
    fn spoke(source: &str, host: Option<&str>, hours: i64) -> (Speaker, Rhythm) {
        let mut rhythm = Rhythm::new(0);
        for at in (0..hours * HOUR).step_by(10) {
            rhythm.heard(at);
        }
        let host = host.map(str::to_owned);
        (Speaker { source: source.to_owned(), authenticated_by: "none".to_owned(), host }, rhythm)
    }

    #[test]
    fn a_machine_of_the_map_is_missed_within_minutes_others_later_or_beside_their_source_alone() {
        let map = hospital::load(std::path::Path::new("../../demo/map")).unwrap().map.unwrap();
        let cases = [
            // A domain controller by either name, and by the address that syslog comes from.
            ("winlogbeat", Some("srv-dc-01"), 5, true, Some("srv-dc-01")),
            ("winlogbeat", Some("srv-dc-01.chu.example"), 5, true, Some("srv-dc-01.chu.example")),
            ("10.10.10.11", None, 5, true, Some("SRV-DC-01")),
            ("collector/10.10.10.11", None, 5, true, Some("SRV-DC-01")),
            ("winlogbeat", Some("srv-dc-01"), 3, false, None),
            // A source that the map does not know is learned for a day.
            ("198.51.100.7", None, 5, false, None),
            ("198.51.100.7", None, 26, true, None),
            ("winlogbeat", Some("nowhere"), 26, true, None),
        ];
        for (source, host, hours, is_late, bound) in cases {
            let silence = Silence::default();
            let (speaker, rhythm) = spoke(source, host, hours);
            silence.lock().insert(speaker.clone(), rhythm);
            let now = hours * HOUR;
            assert!(silence.late(Some(&map), now + 500).is_empty(), "{source} {host:?}: too soon");
            let late = silence.late(Some(&map), now + 700);
            assert_eq!(late.len(), usize::from(is_late), "{source} {host:?} after {hours} h");
            assert_eq!(late.first().and_then(|it| it.host.as_deref()), bound, "{source} {host:?}");
            assert!(silence.late(Some(&map), now + 900).is_empty(), "told once");
            let of = Source::new(source, "none");
            let told = silence.of(&of, Timestamp::from_second(now + 900).unwrap());
            assert_eq!(told.since.is_some(), is_late);
            assert!(told.every.is_some_and(|every| every < 60), "{:?}", told.every);
        }
    }

    #[test]
    fn what_is_told_lies_in_the_spool_once_and_ends_when_they_speak() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { keep_free: 0, readers: vec![READER.to_owned()], ..Options::default() };
        let spool = open_folder(folder.path(), Timestamp::now, options).unwrap();
        let (silence, mut reader) = (Silence::default(), spool.reader(READER).unwrap());
        let (speaker, mut rhythm) = spoke("10.10.10.11", Some("srv-dc-01"), 5);
        rhythm.silent = Some(5 * HOUR);
        silence.lock().insert(speaker.clone(), rhythm);
        for _ in 0..2 {
            tell(&spool, &speaker, Some("srv-dc-01"), 5 * HOUR, "source-silent", Some(16));
        }
        let event = Event {
            source: Arc::new(Source::new("10.10.10.11", "none")),
            id: ::intake::Id::Distinct,
            bytes: b"<13>Nov 28 03:00:00 SRV-DC-01 app: back".to_vec(),
        };
        spool.append_and_wait(&[event]).unwrap();
        listen(&silence, &spool, &mut reader).unwrap();
        spool.close();
        let mut again = spool.reader(READER).unwrap();
        let kept = again.next(BATCH).unwrap().records;
        let own: Vec<Value> = kept
            .iter()
            .filter(|it| it.source.authenticated_by == ITSELF)
            .map(|it| serde_json::from_slice(&it.bytes).unwrap())
            .collect();
        let said: Vec<&str> = own.iter().map(|it| it["event"]["action"].as_str().unwrap()).collect();
        assert_eq!(said, ["source-silent", "source-back"]);
        assert!(own.iter().all(|it| it["host"]["name"] == "srv-dc-01"), "{own:?}");
        assert_eq!(own[0]["rempart"]["silent_since"], "1970-01-01T05:00:00Z");
        assert_eq!(silence.lock()[&speaker].silent, None);
    }

    #[test]
    fn an_event_speaks_of_a_host() {
        for (event, host) in [
            (
                r#"{"winlog":{"computer_name":"DC-1.chu.example"},"host":{"name":"relay"}}"#,
                Some("dc-1.chu.example"),
            ),
            (r#"{"host":{"name":"srv-1"}}"#, Some("srv-1")),
            (r#"{"host.name":"srv-1"}"#, Some("srv-1")),
            (r#"{"host":"srv-1"}"#, Some("srv-1")),
            (r#"{"Computer":"srv-1"}"#, Some("srv-1")),
            (r#"{"message":"x"}"#, None),
            ("{no", None),
            ("<13>Nov 28 03:00:00 srv-1 app: x", Some("srv-1")),
            ("Nov  8 03:00:00 srv-1 app: x", Some("srv-1")),
            ("<13>1 2026-11-28T03:00:00Z srv-1 app - - - x", Some("srv-1")),
            ("<13>2026-11-28T03:00:00+01:00 srv-1 app: x", Some("srv-1")),
            ("<13>1 2026-11-28T03:00:00Z - app - - - x", None),
            ("<13>", None),
            ("some words of a program", None),
            ("", None),
        ] {
            assert_eq!(host_of(event.as_bytes()).as_deref(), host, "{event}");
        }
    }
}
