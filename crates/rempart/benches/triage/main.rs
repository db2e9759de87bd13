//! What `triage` costs by the size of the evidence, and where the time goes on the demonstration night.
//!
//! Prints the tables of `docs/performance.md`. Invariant: a size is that many days of different content,
//! the last of them the ransomware night; sizes differ in nothing else.

mod child;
mod days;
mod load;
mod stages;

use std::error::Error;
use std::time::Duration;

use evidence::Event;

use crate::child::Child;
use crate::days::{Days, Format};
use crate::load::Loaded;

/// Days of evidence: a base, four times and sixteen times as much.
const SIZES: [usize; 3] = [1, 4, 16];
/// Runs of which the best counts.
const RUNS: u32 = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let days = Days::make(folder.path(), SIZES[SIZES.len() - 1])?;
    let loaded = Loaded::new(&days.map)?;
    println!("load average at the start: {}", child::load_average());
    for format in [Format::Evtx, Format::Ndjson] {
        sizes(&days, format, &loaded)?;
    }
    stages::night(&days, &loaded)?;
    println!("\nload average at the end: {}", child::load_average());
    Ok(())
}

/// One table: a line for each size.
fn sizes(days: &Days, format: Format, loaded: &Loaded) -> Result<(), Box<dyn Error>> {
    println!("\n### {}\n", format.name());
    println!(
        "| Size | Events | MB | Detections | Read, events/s | Read, MB/s | Read and judge, events/s | Triage, s | \
         Triage, CPU s | Triage, events/s | Triage, MB/s | Peak memory, MiB | Load average |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    let engine = &loaded.engine;
    for size in SIZES {
        let (report, reading) =
            best(|| loaded.read(days.inputs(format, size), |_, _: &mut Vec<()>| {}, |()| {}));
        let mut detections = 0_u64;
        let (_, judging) = best(|| {
            detections = 0;
            let judge = |event: &Event, out: &mut Vec<_>| engine.judge(event, out);
            loaded.read(days.inputs(format, size), judge, |_| detections += 1)
        });
        let whole = Child::best(RUNS, &days.paths(format, size), days)?;
        let (events, bytes) = (report.events as f64, report.bytes as f64 / 1e6);
        println!(
            "| ×{size} | {} | {bytes:.0} | {detections} | {:.0} | {:.0} | {:.0} | {:.2} | {:.2} | {:.0} | {:.0} | {:.0} | {} |",
            report.events,
            events / reading.as_secs_f64(),
            bytes / reading.as_secs_f64(),
            events / judging.as_secs_f64(),
            whole.wall.as_secs_f64(),
            whole.processor.as_secs_f64(),
            events / whole.wall.as_secs_f64(),
            bytes / whole.wall.as_secs_f64(),
            whole.peak_kib as f64 / 1024.0,
            child::load_average(),
        );
    }
    Ok(())
}

/// The last result and the shortest time of a few runs: what the machine can do when others leave it alone.
fn best<T>(mut work: impl FnMut() -> T) -> (T, Duration) {
    let mut once = || {
        let start = std::time::Instant::now();
        (work(), start.elapsed())
    };
    (1..RUNS).map(|_| ()).fold(once(), |best, ()| {
        let (done, took) = once();
        (done, took.min(best.1))
    })
}
