//! Real event logs, where they are at hand.

use std::path::PathBuf;

use evidence::{Event, Input, Options, Report};

/// The folder of sample logs: `REMPART_SAMPLES`, else `shared/samples` beside the repository.
pub fn folder() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/samples");
    let folder = std::env::var_os("REMPART_SAMPLES").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("no sample logs beside the repository: skipped");
    None
}

pub fn read(path: PathBuf, threads: usize) -> (Vec<Event>, Report) {
    let mut events = Vec::new();
    let options = Options { threads, ..Options::default() };
    let report = evidence::read(
        vec![Input::Path(path)],
        &options,
        |event, kept| kept.push(event.clone()),
        |event| events.push(event),
    );
    (events, report)
}

#[test]
fn sample_logs_are_read_whole() {
    let Some(folder) = folder() else { return };
    let (events, report) = read(folder.join("evtx"), 2);
    for event in events.iter().step_by(97) {
        println!("{}", crate::line(event));
    }
    println!("{} {} {}", report.files, report.events, report.bytes);
    println!("{}", crate::rest(&report));
    assert!(events.iter().all(|it| it.time.is_some() && it.event_id.is_some() && it.channel.is_some()));
}
