//! `rempart hunt`: the events that are kept, searched, or judged by a rule that was not there when they came.
//!
//! Invariant: it only reads, so it runs beside `rempart serve`; files that could not be read are named, and change the
//! exit code.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use detect::{Detected, Engine, Rules, SIGNALS_HELD_MAX, Settings, Signal, Signals};
use evidence::Event;
use jiff::Timestamp;
use lake::{First, Kept, Lake, LakeError, Query, Searched, Span};
use serde_json::{Value, json};

use crate::args::Hunt;
use crate::exit::{DONE, FOUND, Failure, INTERRUPTED, UNREADABLE};
use crate::{interrupt, rules, screen};

pub(crate) fn run(args: &Hunt) -> Result<u8, Failure> {
    let folder = args.data.join("lake");
    if !folder.is_dir() {
        return Err(Failure::bad(format!(
            "{} holds no events: name the data folder of a `rempart serve` that evidence was brought to",
            args.data.display()
        )));
    }
    let text = args.query.join(" ");
    let query: Query = text.parse().map_err(|error| Failure::bad(format!("{text}: {error}")))?;
    let since = args.since.map(|since| since.at(Timestamp::now()));
    let span = Span { since, until: args.until };
    let lake = Lake::open(&folder)?;
    interrupt::flag();
    let (searched, found) = match args.rules.is_empty() {
        true => events(&lake, &query, span, args.limit)?,
        false => signals(&lake, &query, span, args)?,
    };
    for unread in &searched.unread {
        eprintln!("unreadable: {}: {}", unread.path.display(), unread.reason);
    }
    eprintln!(
        "{found} found in {} events of {} files; {} parts of files could hold nothing of it",
        searched.events, searched.files, searched.left_out
    );
    Ok(match () {
        () if interrupt::asked() => INTERRUPTED,
        () if !searched.unread.is_empty() => UNREADABLE,
        () if found > 0 => FOUND,
        () => DONE,
    })
}

/// Prints each event, one JSON object a line, until nobody reads any more.
fn events(lake: &Lake, query: &Query, span: Span, limit: Option<u64>) -> Result<(Searched, u64), Failure> {
    let limit = limit.unwrap_or(u64::MAX);
    let mut out = Lines::new();
    let searched = lake
        .search(query, span, First::Oldest, &interrupt::asked, |kept| out.put(&kept) && out.count < limit)?;
    out.end().map(|count| (searched, count))
}

/// Judges each event by the rules; prints every signal in order of time, with what correlations make of them.
fn signals(lake: &Lake, query: &Query, span: Span, args: &Hunt) -> Result<(Searched, u64), Failure> {
    let content = screen::content(args.view.content.as_deref())?;
    let settings =
        Settings::read(|path| content.file(path)).map_err(|error| Failure::bad(error.to_string()))?;
    let rules: Rules = rules::gather(&content, &args.rules, true, rules::own_cache().as_ref())?;
    for refused in rules.refused() {
        eprintln!("refused: {}: {}", refused.path, refused.reason);
    }
    let engine = Engine::new(rules, settings);
    let mut signals = Signals::new(&engine, SIGNALS_HELD_MAX, || Ok(Box::new(tempfile::tempfile()?) as _));
    let (mut found, mut failed) = (Vec::<Detected>::new(), None);
    let mut reasons = Reasons::new();
    let searched = lake.search(query, span, First::Oldest, &interrupt::asked, |kept: Kept| {
        engine.judge(&kept.event, &mut found);
        if args.explain {
            explain(&engine, &kept.event, &found, &mut reasons);
        }
        failed = found.drain(..).try_for_each(|it| signals.push(it)).err();
        failed.is_none()
    })?;
    failed.map_or(Ok(()), Err)?;
    let mut out = Lines::new();
    for signal in signals.finish()?.iter() {
        let signal = signal?;
        let mut told = told(&signal);
        if args.explain {
            let source = (signal.source.path, signal.source.record);
            let known = reasons.get(&signal.rule).and_then(|of| of.get(&source));
            told["because"] = known.and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default();
        }
        if !out.put(&told) {
            break;
        }
    }
    out.end().map(|count| (searched, count))
}

/// For each rule, the JSON of why it matched, by path and record.
type Reasons = HashMap<Arc<str>, HashMap<(Arc<str>, u64), String>>;

/// Keeps why the rules matched the event, as long as there is room: of later ones nothing is said.
fn explain(engine: &Engine, event: &Event, found: &[Detected], reasons: &mut Reasons) {
    for it in found {
        let signal = &it.signal;
        let room = reasons.values().map(HashMap::len).sum::<usize>() < SIGNALS_HELD_MAX;
        if let Some(reason) = engine.explain(&signal.rule, event).filter(|_| room)
            && let Ok(json) = serde_json::to_string(&reason)
        {
            let of = reasons.entry(signal.rule.clone()).or_default();
            of.insert((signal.source.path.clone(), signal.source.record), json);
        }
    }
}

fn told(signal: &Signal) -> Value {
    json!({
        "rule": &*signal.rule, "title": &*signal.title, "level": signal.level, "time": signal.time,
        "host": signal.host, "techniques": *signal.techniques,
        "source": { "path": &*signal.source.path, "record": signal.source.record },
    })
}

/// Lines of JSON on standard output.
struct Lines {
    out: io::BufWriter<io::StdoutLock<'static>>,
    count: u64,
    failed: Option<io::Error>,
}

impl Lines {
    fn new() -> Lines {
        Lines { out: io::BufWriter::new(io::stdout().lock()), count: 0, failed: None }
    }

    /// Whether more is wanted.
    fn put(&mut self, value: &impl serde::Serialize) -> bool {
        let written = serde_json::to_writer(&mut self.out, value).map_err(io::Error::from);
        self.failed = written.and_then(|()| self.out.write_all(b"\n")).err();
        self.count += u64::from(self.failed.is_none());
        self.failed.is_none() && !interrupt::asked()
    }

    fn end(mut self) -> Result<u64, Failure> {
        let flushed = self.out.flush();
        match self.failed.map_or(flushed, Err) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(self.count),
        }
    }
}

impl From<LakeError> for Failure {
    fn from(error: LakeError) -> Failure {
        Failure { code: UNREADABLE, message: error.to_string() }
    }
}
