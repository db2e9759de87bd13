//! Who fell silent: each source, host by host, is expected to speak as it used to.
//!
//! A reader of its own sees what the spool keeps and learns from it. Of a host that the map knows, and of a source that
//! names no host, silence becomes an event of our own in the spool, which rules judge as any other; and so does its end.
//! What was learned lies beside the spool, with the place up to which it was learned.
//!
//! What a collector relays goes through one more machine. While nothing comes through it, the collector is silent, and
//! that is told once; of those behind it nothing is known.
//!
//! Bounds: [`KNOWN`] speakers and as many collectors; who comes later is not watched.
//!
//! Invariant: while nobody listened, nobody was silent: after a start, a stop of this machine, a clock set back, while
//! the spool takes nothing, or behind a collector that is silent, all count from then on.

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

use self::rhythm::{FLOOR, Rhythm};
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
/// What is learned before silence is told: of a machine of the map and of a collector; of one that people switch off; of
/// a source alone.
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

impl Speaker {
    /// The collector that it speaks through.
    fn collector(&self) -> Option<&str> {
        let (collector, _) = self.source.split_once('/')?;
        Some(collector).filter(|it| !it.is_empty())
    }
}

/// What was learned.
#[derive(Default, Deserialize, Serialize)]
struct Known {
    /// Up to here the spool was read.
    end: Place,
    looked: i64,
    speakers: Vec<(Speaker, Rhythm)>,
    #[serde(default)]
    collectors: Vec<(String, Rhythm)>,
}

/// What is known of everyone who speaks.
#[derive(Default)]
pub struct Silence {
    rhythms: Mutex<Rhythms>,
}

#[derive(Default)]
struct Rhythms {
    speakers: BTreeMap<Speaker, Rhythm>,
    collectors: BTreeMap<String, Rhythm>,
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

impl Rhythms {
    /// Nobody listened until now.
    fn resume(&mut self, now: i64) {
        self.speakers.values_mut().chain(self.collectors.values_mut()).for_each(|it| it.resume(now));
    }

    fn is_any_late(&self, now: i64) -> bool {
        let mut all = self.speakers.values().chain(self.collectors.values());
        all.any(|rhythm| rhythm.silence(now, MACHINE).is_some())
    }

    fn known(&self, end: Place, looked: i64) -> Known {
        Known {
            end,
            looked,
            speakers: self.speakers.iter().map(|(it, rhythm)| (it.clone(), rhythm.clone())).collect(),
            collectors: self.collectors.iter().map(|(it, rhythm)| (it.clone(), rhythm.clone())).collect(),
        }
    }
}

impl Silence {
    fn lock(&self) -> MutexGuard<'_, Rhythms> {
        self.rhythms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who fell silent and was not told of; from now on they are.
    fn late(&self, map: Option<&Map>, now: i64) -> Vec<Late> {
        let binder = map.map(|map| (map, Binder::new(map)));
        let mut all = Vec::new();
        let mut rhythms = self.lock();
        let Rhythms { speakers, collectors } = &mut *rhythms;
        // One that relays a single speaker says no more than that speaker does.
        let mut behind = behind(speakers);
        behind.retain(|_, count| *count > 1);
        for (name, rhythm) in collectors.iter_mut() {
            if let Some(count) = behind.get(name)
                && let Some(since) = rhythm.silence(now, MACHINE)
            {
                let who = Who::Collector(name.clone(), *count);
                let host = Some(machine(name).to_owned());
                all.push(Late { who, host, since, every: rhythm.expected(now) });
                rhythm.silent = Some(since);
            }
        }
        for (speaker, rhythm) in speakers.iter_mut() {
            let relays = speaker.collector().filter(|it| behind.contains_key(*it));
            if let Some(collector) = relays.and_then(|it| collectors.get(it)) {
                if collector.silent.is_some() {
                    rhythm.resume(now);
                }
                // Nothing came through the collector since: it may be the collector that is silent.
                if collector.last < rhythm.last + FLOOR {
                    continue;
                }
            }
            let bound = binder.as_ref().and_then(|(map, binder)| bind(map, binder, speaker));
            let (learning, host) = match bound {
                Some((kind, host)) if kind == WORKSTATION => (SWITCHED_OFF, Some(host)),
                Some((_, host)) => (MACHINE, Some(host)),
                None => (ALONE, None),
            };
            if let Some(since) = rhythm.silence(now, learning) {
                let who = Who::Speaker(speaker.clone());
                all.push(Late { who, host, since, every: rhythm.expected(now) });
                rhythm.silent = Some(since);
            }
        }
        all
    }

    /// What is known of a source.
    pub(crate) fn of(&self, source: &Source, now: Timestamp) -> Told {
        let all = self.lock();
        let own = || {
            all.speakers
                .iter()
                .filter(|(it, _)| it.source == source.name && it.authenticated_by == source.authenticated_by)
        };
        let is_silent = own().count() > 0 && own().all(|(_, rhythm)| rhythm.silent.is_some());
        let last = own().filter_map(|(_, rhythm)| rhythm.silent).max().filter(|_| is_silent);
        let collector = own().find_map(|(it, _)| all.collectors.get(it.collector()?)?.silent);
        let silent = own().filter(|(_, rhythm)| rhythm.silent.is_some());
        Told {
            since: last.or(collector).and_then(|at| Timestamp::from_second(at).ok()),
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
    let Known { end, mut looked, speakers, collectors } = load(&file);
    reader.resume(end);
    *app.silence.lock() =
        Rhythms { speakers: speakers.into_iter().collect(), collectors: collectors.into_iter().collect() };
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
            app.silence.lock().resume(now);
        }
        (looked, has_listened) = (now, true);
        looks = looks.wrapping_add(1);
        if has_told || looks.is_multiple_of(KEEP) {
            let known = app.silence.lock().known(end, looked);
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
            let Rhythms { speakers, collectors } = &mut *all;
            if let Some(name) = speaker.collector()
                && let Some(since) = heard_of(collectors, name, at)
            {
                let count = behind(speakers).remove(name).unwrap_or_default();
                let host = Some(machine(name).to_owned());
                ended.push((Who::Collector(name.to_owned(), count), host, since));
            }
            if let Some(since) = heard_of(speakers, &speaker, at) {
                let host = speaker.host.clone();
                ended.push((Who::Speaker(speaker), host, since));
            }
        }
        drop(all);
        for (who, host, since) in ended {
            tell(spool, &Late { who, host, since, every: None }, true);
        }
    }
}

/// One was heard, and from now on is known. Since when they were silent, where that was told.
fn heard_of<K, Q>(rhythms: &mut BTreeMap<K, Rhythm>, who: &Q, at: i64) -> Option<i64>
where
    K: std::borrow::Borrow<Q> + Ord,
    Q: Ord + ToOwned<Owned = K> + ?Sized,
{
    if let Some(rhythm) = rhythms.get_mut(who) {
        return rhythm.heard(at);
    }
    if rhythms.len() < KNOWN {
        rhythms.insert(who.to_owned(), Rhythm::new(at));
    }
    None
}

/// The machine that a collector is: the label of its token, or its certificate's name.
fn machine(collector: &str) -> &str {
    let name = collector.split_once(": ").map_or(collector, |(_, label)| label);
    name.split_once(" sha256:").map_or(name, |(name, _)| name)
}

/// How many speak through each collector.
fn behind(speakers: &BTreeMap<Speaker, Rhythm>) -> HashMap<String, usize> {
    let mut behind = HashMap::new();
    for collector in speakers.keys().filter_map(Speaker::collector) {
        *behind.entry(collector.to_owned()).or_default() += 1;
    }
    behind
}

/// Tells who is silent for longer than is usual; whether anybody is.
async fn look(app: &App, spool: &Spool, now: i64) -> Result<bool> {
    if !app.silence.lock().is_any_late(now) {
        return Ok(false);
    }
    let sheet = app.shelf.latest(&app.store).await?;
    let map = sheet.as_ref().map(|sheet| &*sheet.map);
    let late = app.silence.late(map, now);
    let has_told = !late.is_empty();
    for late in late {
        // A host that no map knows is told of beside its source alone.
        if late.host.is_some() || matches!(&late.who, Who::Speaker(it) if it.host.is_none()) {
            tell(spool, &late, false);
        }
    }
    Ok(has_told)
}

/// Who falls silent.
enum Who {
    Speaker(Speaker),
    /// Its name, and how many speak through it.
    Collector(String, usize),
}

/// One who is silent, or was.
struct Late {
    who: Who,
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
fn tell(spool: &Spool, late: &Late, is_back: bool) {
    let Late { who, host, since, every } = late;
    let instant = |at: i64| Timestamp::from_second(at).unwrap_or_default();
    let end = if is_back { "back" } else { "silent" };
    let (action, id, mut told) = match who {
        Who::Speaker(Speaker { source, authenticated_by, host }) => (
            format!("source-{end}"),
            format!("{source}\0{authenticated_by}\0{}", host.as_deref().unwrap_or_default()),
            json!({ "source": source, "authenticated_by": authenticated_by }),
        ),
        Who::Collector(name, behind) => {
            (format!("collector-{end}"), name.clone(), json!({ "source": name, "behind": behind }))
        }
    };
    told["silent_since"] = instant(*since).to_string().into();
    told["expected_every"] = (*every).into();
    let mut event = json!({
        "@timestamp": Timestamp::now(),
        "event": { "module": "rempart", "dataset": "rempart.intake", "action": action },
        "rempart": told,
    });
    if let Some(host) = host {
        event["host"] = json!({ "name": host });
    }
    let event = Event {
        source: Arc::new(Source::new("rempart", ITSELF)),
        id: identity::named("rempart.intake", &format!("{action} {id} {since}")),
        bytes: event.to_string().into_bytes(),
    };
    let source = told["source"].to_string();
    let host = host.clone();
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
            silence.lock().speakers.insert(speaker.clone(), rhythm);
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
        silence.lock().speakers.insert(speaker.clone(), rhythm);
        let host = Some("srv-dc-01".to_owned());
        let late = Late { who: Who::Speaker(speaker.clone()), host, since: 5 * HOUR, every: Some(16) };
        for _ in 0..2 {
            tell(&spool, &late, false);
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
        assert_eq!(silence.lock().speakers[&speaker].silent, None);
    }

    const RELAYED: &str = "intake: site-b/winlogbeat";

    #[test]
    fn while_a_collector_is_silent_it_is_told_alone_and_those_behind_it_count_from_its_end() {
        let map = hospital::load(std::path::Path::new("../../demo/map")).unwrap().map.unwrap();
        let silence = Silence::default();
        let hosts = ["srv-dc-01", "srv-dc-02", "srv-bkp-01"];
        // The first stopped twenty minutes before the collector did.
        for (host, early) in hosts.into_iter().zip([1_200, 0, 0]) {
            let (speaker, mut rhythm) = spoke(RELAYED, Some(host), 5);
            rhythm.last -= early;
            silence.lock().speakers.insert(speaker, rhythm);
        }
        let (_, through) = spoke("", None, 5);
        silence.lock().collectors.insert("intake: site-b".to_owned(), through);
        let (direct, heard) = spoke("10.10.10.11", None, 5);
        silence.lock().speakers.insert(direct.clone(), heard);
        let said = |now: i64| -> Vec<(String, Option<String>)> {
            let late = silence.late(Some(&map), now).into_iter().map(|it| match it.who {
                Who::Speaker(speaker) => (speaker.source, it.host),
                Who::Collector(name, behind) => (format!("{name}, {behind} behind it"), it.host),
            });
            late.collect()
        };
        let one = |source: &str, host: &str| (source.to_owned(), Some(host.to_owned()));
        let end = 5 * HOUR;
        assert_eq!(said(end), [one(RELAYED, "srv-dc-01")]);
        silence.lock().speakers.get_mut(&direct).unwrap().heard(end + 600);
        assert_eq!(said(end + 700), [one("intake: site-b, 3 behind it", "site-b")]);
        let site = Source::new(RELAYED, "none");
        assert!(silence.of(&site, Timestamp::from_second(end + 700).unwrap()).since.is_some());
        for after in (720..3 * HOUR).step_by(60) {
            silence.lock().speakers.get_mut(&direct).unwrap().heard(end + after);
            assert_eq!(said(end + after), [], "{after} s");
        }
        // It is back, and one of those behind it alone.
        let back = end + 3 * HOUR;
        for after in (0..1_500).step_by(10) {
            let mut all = silence.lock();
            for speaker in [Speaker { source: RELAYED.to_owned(), ..direct.clone() }, direct.clone()] {
                let host = speaker.collector().map(|_| "srv-dc-02".to_owned());
                let speaker = Speaker { host, ..speaker };
                if let Some(collector) = speaker.collector() {
                    let ended = heard_of(&mut all.collectors, collector, back + after);
                    assert_eq!(ended.is_some(), after == 0);
                }
                assert_eq!(heard_of(&mut all.speakers, &speaker, back + after), None);
            }
        }
        assert_eq!(said(back + 1_500), [one(RELAYED, "srv-bkp-01")]);
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
