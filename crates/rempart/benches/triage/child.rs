//! The real binary as a child: wall time, processor time and peak memory, from `/proc`.

use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::days::Days;

/// Ticks a second of `/proc/self/stat`; the same on every Linux that this runs on.
const TICKS: u64 = 100;
/// How often the child's memory is looked at.
const LOOK: Duration = Duration::from_millis(10);
/// A code from which the command did not do its work.
const FAILED_FROM: i32 = 2;

/// What one run of `triage` cost.
#[derive(Clone, Copy)]
pub(crate) struct Child {
    pub(crate) wall: Duration,
    /// User and system, of all threads.
    pub(crate) processor: Duration,
    pub(crate) peak_kib: u64,
}

impl Child {
    /// The quickest of a few runs with the demonstration map, report included; the highest peak of them.
    pub(crate) fn best(runs: u32, evidence: &[PathBuf], days: &Days) -> Result<Child, Box<dyn Error>> {
        let mut best = Child::once(evidence, days)?;
        for _ in 1..runs {
            let next = Child::once(evidence, days)?;
            let peak_kib = best.peak_kib.max(next.peak_kib);
            best = Child { peak_kib, ..if next.wall < best.wall { next } else { best } };
        }
        Ok(best)
    }

    fn once(evidence: &[PathBuf], days: &Days) -> Result<Child, Box<dyn Error>> {
        let before = processor_of_children()?;
        let start = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_rempart"))
            .arg("triage")
            .args(evidence)
            .arg("--map")
            .arg(days.folder.join("map"))
            .arg("--out")
            .arg(days.folder.join("report"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let status = format!("/proc/{}/status", child.id());
        let mut peak_kib = 0;
        let code = loop {
            peak_kib = peak_kib.max(peak(&status));
            if let Some(done) = child.try_wait()? {
                break done.code();
            }
            sleep(LOOK);
        };
        let wall = start.elapsed();
        if code.is_none_or(|code| code >= FAILED_FROM) {
            return Err(format!("triage ended with {code:?}").into());
        }
        Ok(Child { wall, processor: processor_of_children()? - before, peak_kib })
    }
}

/// The first three figures of `/proc/loadavg` are averages over 1, 5 and 15 minutes; this is the first.
pub(crate) fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

/// Highest resident memory so far, in KiB; 0 once the process has ended.
fn peak(status: &str) -> u64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

/// Processor time of the children waited for: fields 16 and 17 of `/proc/self/stat`.
fn processor_of_children() -> Result<Duration, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/stat")?;
    // The second field is the name, in parentheses; the rest begins with the third.
    let rest = text.rsplit_once(')').ok_or("/proc/self/stat has no name")?.1;
    let ticks: u64 = rest.split_whitespace().skip(13).take(2).filter_map(|it| it.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(ticks * 1_000 / TICKS))
}
