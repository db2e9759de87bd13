//! `rempart map`: check, draw, draft, print and question the map.

mod check;
mod draft;
mod draw;
mod impact;
mod print;
mod whatif;

use std::path::Path;

use assess::Lang;
use hospital::{Checked, Effect, Loss, Map, NodeId};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::args::MapCommand;
use crate::exit::Failure;
use crate::screen;

pub(crate) fn run(command: MapCommand) -> Result<u8, Failure> {
    match command {
        MapCommand::Check { map, format, lang } => check::check(&map, format, lang),
        MapCommand::Draw { map, out, lang } => draw::draw(&map, &out, lang),
        MapCommand::Draft { evidence, csv, out, view } => {
            draft::draft(&evidence, csv.as_deref(), &out, &view)
        }
        MapCommand::Print(args) => print::print(&args),
        MapCommand::Impact(args) => impact::impact(&args),
        MapCommand::Whatif(args) => whatif::whatif(&args),
    }
}

/// A map that can be computed with; mistakes that leave it usable are counted on standard error. Both are told in the
/// language asked for, with the words of a `content` folder where there is one.
pub(crate) fn load(path: &Path, lang: Option<Lang>, content: Option<&Path>) -> Result<Map, Failure> {
    let checked = read(path)?;
    let told = [("count", checked.errors.len().into()), ("map", path.display().to_string().into())];
    let words = || screen::words(lang, content, &TimeZone::UTC);
    match checked.map {
        Some(map) if checked.errors.is_empty() => Ok(map),
        Some(map) => {
            eprintln!("{}", words()?.say_with("map-check-used", &told));
            Ok(map)
        }
        None => {
            let words = words()?;
            let first: Vec<String> = checked.errors.iter().take(5).map(|it| check::say(it, &words)).collect();
            let refused = words.say_with("map-check-refused", &told);
            Err(Failure::bad(format!("{}\n{refused}", first.join("\n"))))
        }
    }
}

/// The map of that path, checked.
fn read(path: &Path) -> Result<Checked, Failure> {
    hospital::load(path).map_err(|error| {
        Failure::bad(format!("{} cannot be read: {error}; name a map folder or a map.toml", path.display()))
    })
}

/// The node of that id, or an error that names the nearest.
fn node(map: &Map, id: &str) -> Result<NodeId, Failure> {
    map.find(id).ok_or_else(|| {
        let ids = map.nodes.iter().map(|node| node.id.as_str());
        match hospital::nearest(id, ids) {
            Some(near) => Failure::bad(format!("{id} is not on the map; did you mean {near}")),
            None => Failure::bad(format!("{id} is not on the map; see the ids in its files")),
        }
    })
}

/// `ID`, `ID@T`, `ID@+90min`, each perhaps with `:degraded`.
fn loss(map: &Map, text: &str, now: Timestamp) -> Result<Loss, Failure> {
    let (rest, how) = match text.strip_suffix(":degraded") {
        Some(rest) => (rest, Effect::Degrades),
        None => (text, Effect::Stops),
    };
    let (id, at) = match rest.split_once('@') {
        None => (rest, now),
        Some((id, when)) => (id, instant(when, now)?),
    };
    Ok(Loss { node: node(map, id)?, at, how })
}

fn instant(when: &str, now: Timestamp) -> Result<Timestamp, Failure> {
    let unreadable =
        || Failure::bad(format!("{when} is not an instant; write 2026-11-22T03:10:00+01:00 or +90min"));
    match when.strip_prefix('+') {
        Some(span) => {
            let seconds = hospital::parse_duration(span)
                .and_then(|it| i64::try_from(it).ok())
                .ok_or_else(unreadable)?;
            now.checked_add(SignedDuration::from_secs(seconds)).map_err(|_| unreadable())
        }
        None => when.parse().map_err(|_| unreadable()),
    }
}

/// `--now`, else the machine's clock, in whole seconds.
fn now(asked: Option<Timestamp>) -> Timestamp {
    let now = asked.unwrap_or_else(Timestamp::now);
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}
