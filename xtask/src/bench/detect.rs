//! `bench detect`: Rempart and its peers on the same folder of evidence and the same rules, in turn.
//!
//! Peers are neither fetched nor built: `--hayabusa PATH` and `--chainsaw PATH` say where they are, else `PATH` does.
//! Invariant: every figure is of a child of this process, measured in the same way; a run that failed gives none.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::stage::{cargo, root};

const USAGE: &str =
    "Usage: cargo xtask bench detect --evidence DIR --rules DIR [--hayabusa PATH] [--chainsaw PATH] [--dist]";
/// How many times over the folder is read, beside once; by the peers, the first of these.
const TIMES: [usize; 2] = [10, 100];
/// Runs of which the quickest counts, where one is short.
const RUNS: usize = 3;
/// How many rules, beside all of them.
const FEWER: [usize; 2] = [100, 1_000];
/// How often a child's memory is looked at.
const LOOK: Duration = Duration::from_millis(5);
/// Ticks a second of `/proc/self/stat`; the same on every Linux that this runs on.
const TICKS: u64 = 100;

/// What one run cost.
struct Cost {
    processor: Duration,
    elapsed: Duration,
    peak_kib: u64,
}

/// What is asked for.
#[derive(Default)]
struct Asked {
    evidence: Option<PathBuf>,
    rules: Option<PathBuf>,
    hayabusa: Option<PathBuf>,
    chainsaw: Option<PathBuf>,
    dist: bool,
}

pub(super) fn bench(arguments: &[String]) -> Result<(), String> {
    let asked = asked(arguments)?;
    let (Some(evidence), Some(rules)) = (&asked.evidence, &asked.rules) else { return Err(USAGE.to_owned()) };
    let profile = if asked.dist { "dist" } else { "release" };
    cargo("detect", &["build", "--profile", profile, "--package", "rempart"])?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let ours = target.join(profile).join("rempart");
    let work = std::env::temp_dir().join(format!("rempart-bench-{}", std::process::id()));
    fs::create_dir_all(&work).map_err(|error| format!("{}: {error}", work.display()))?;
    let done = measure(&asked, &ours, evidence, rules, &work);
    let _ = fs::remove_dir_all(&work);
    done
}

fn measure(asked: &Asked, ours: &Path, evidence: &Path, rules: &Path, work: &Path) -> Result<(), String> {
    println!("| What | Processor, s | Elapsed, s | Peak memory, MiB | Events a second of processor |");
    println!("|---|---:|---:|---:|---:|");
    let ours = Ours { program: ours, work };
    // The first run warms the caches of files.
    ours.triage(evidence, rules, 1)?;
    let (cold, events) = ours.best(evidence, rules, true)?;
    row("Rempart, ×1, no rules kept from before", &cold, Some(events));
    let (own, events) = ours.best(evidence, rules, false)?;
    row("Rempart, ×1", &own, Some(events));
    let peers = [
        ("Hayabusa", peer(asked.hayabusa.as_deref(), "hayabusa")),
        ("Chainsaw", peer(asked.chainsaw.as_deref(), "chainsaw")),
    ];
    let mut many = None;
    let mut ratios = Vec::new();
    let mut steady = Vec::new();
    for (name, path) in peers {
        let Some(path) = path else {
            println!("{name} is not here; give --{} PATH to compare with it", name.to_lowercase());
            continue;
        };
        let cost = run(&mut command(name, &path, evidence, rules, work), &[0, 1])?;
        row(&format!("{name}, ×1"), &cost, Some(events));
        let folder = match &many {
            Some(folder) => folder,
            None => many.insert(copies(evidence, TIMES[0], work)?),
        };
        let more = run(&mut command(name, &path, folder, rules, work), &[0, 1])?;
        let all = events * TIMES[0] as u64;
        row(&format!("{name}, ×{}", TIMES[0]), &more, Some(all));
        let further = (more.processor - cost.processor).as_secs_f64();
        steady.push((name, (all - events) as f64 / further));
        ratios.push(format!(
            "{name} to Rempart: processor {:.1}, elapsed {:.1}, memory {:.1}",
            cost.processor.as_secs_f64() / own.processor.as_secs_f64(),
            cost.elapsed.as_secs_f64() / own.elapsed.as_secs_f64(),
            cost.peak_kib as f64 / own.peak_kib as f64
        ));
    }
    let mut runs = Vec::new();
    for times in TIMES {
        let (cost, events) = ours.triage(evidence, rules, times)?;
        row(&format!("Rempart, ×{times}"), &cost, Some(events));
        runs.push((cost.processor.as_secs_f64(), events as f64));
    }
    if let [(less, few), (more, many)] = runs[..] {
        let own = (many - few) / (more - less);
        ratios.push(format!("each further event: Rempart {own:.0} a second of processor"));
        for (name, theirs) in steady {
            ratios.push(format!(
                "each further event: {name} {theirs:.0}; Rempart {:.1} times as many",
                own / theirs
            ));
        }
    }
    for number in FEWER {
        let fewer = some_rules(rules, number, work)?;
        ours.triage(evidence, &fewer, 1)?;
        let (cost, events) = ours.best(evidence, &fewer, false)?;
        row(&format!("Rempart, ×1, {number} rules"), &cost, Some(events));
        let (cost, events) = ours.triage(evidence, &fewer, TIMES[0])?;
        row(&format!("Rempart, ×{}, {number} rules", TIMES[0]), &cost, Some(events));
    }
    let empty = work.join("empty");
    fs::create_dir_all(&empty).map_err(|error| error.to_string())?;
    for (what, cold) in [("no rules kept from before", true), ("rules kept", false)] {
        let (cost, _) = ours.best(&empty, rules, cold)?;
        row(&format!("Rempart, start to end of nothing, {what}"), &cost, None);
    }
    ratios.iter().for_each(|it| println!("{it}"));
    Ok(())
}

fn row(what: &str, cost: &Cost, events: Option<u64>) {
    let rate =
        events.map_or_else(String::new, |it| format!("{:.0}", it as f64 / cost.processor.as_secs_f64()));
    println!(
        "| {what} | {:.2} | {:.2} | {} | {rate} |",
        cost.processor.as_secs_f64(),
        cost.elapsed.as_secs_f64(),
        cost.peak_kib / 1_024
    );
}

/// Our program, with a cache of its own.
struct Ours<'a> {
    program: &'a Path,
    work: &'a Path,
}

impl Ours<'_> {
    /// The quickest of a few runs; `cold`: each without rules that were kept.
    fn best(&self, evidence: &Path, rules: &Path, cold: bool) -> Result<(Cost, u64), String> {
        let mut best: Option<(Cost, u64)> = None;
        for _ in 0..RUNS {
            if cold {
                let _ = fs::remove_dir_all(self.work.join("cache"));
            }
            let run = self.triage(evidence, rules, 1)?;
            if best.as_ref().is_none_or(|it| run.0.processor < it.0.processor) {
                best = Some(run);
            }
        }
        best.ok_or_else(|| "no run".to_owned())
    }

    /// One run, on the folder so many times over; with how many events it read.
    fn triage(&self, evidence: &Path, rules: &Path, times: usize) -> Result<(Cost, u64), String> {
        let results = self.work.join("assessment.json");
        let out = fs::File::create(&results).map_err(|error| error.to_string())?;
        let mut command = Command::new(self.program);
        command.env("XDG_CACHE_HOME", self.work.join("cache"));
        command.arg("triage").args(std::iter::repeat_n(evidence, times));
        command.arg("--rules").arg(rules).args(["--only-rules", "--format", "json"]).stdout(out);
        let cost = run(&mut command, &[0, 1, 3])?;
        let text = fs::read(&results).map_err(|error| error.to_string())?;
        let assessment: Value = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
        let events = assessment["evidence"]["events"].as_u64().ok_or("the assessment counts no events")?;
        Ok((cost, events))
    }
}

/// The folder many times over: a peer may read a path that it is given twice but once.
fn copies(evidence: &Path, times: usize, work: &Path) -> Result<PathBuf, String> {
    let all = work.join("copies");
    for time in 0..times {
        link(evidence, &all.join(time.to_string()))?;
    }
    Ok(all)
}

/// The files of a folder once more, under another name.
fn link(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", to.display());
    fs::create_dir_all(to).map_err(failed)?;
    for entry in fs::read_dir(from).map_err(|error| format!("{}: {error}", from.display()))? {
        let entry = entry.map_err(failed)?;
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            link(&path, &to)?;
        } else {
            fs::hard_link(&path, &to).or_else(|_| fs::copy(&path, &to).map(|_| ())).map_err(failed)?;
        }
    }
    Ok(())
}

fn command(name: &str, path: &Path, evidence: &Path, rules: &Path, work: &Path) -> Command {
    let mut command = Command::new(path);
    let home = path.parent().unwrap_or(Path::new("."));
    if name == "Hayabusa" {
        command.args(["dfir-timeline", "--no-wizard", "--quiet", "--clobber", "--directory"]).arg(evidence);
        command.arg("--output").arg(work.join("hayabusa.csv")).current_dir(home);
    } else {
        command.arg("hunt").arg(evidence).arg("--sigma").arg(rules);
        command.arg("--mapping").arg(home.join("mappings/sigma-event-logs-all.yml"));
        command.args(["--json", "--output"]).arg(work.join("chainsaw.json"));
    }
    command.stdout(Stdio::null());
    command
}

/// Runs a child to its end, which must be one of those codes.
fn run(command: &mut Command, codes: &[i32]) -> Result<Cost, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let failed = |error: std::io::Error| format!("{program}: {error}");
    let (before, start) = (processor_of_children()?, Instant::now());
    let mut child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().map_err(failed)?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    let code = loop {
        peak_kib = peak_kib.max(peak(&status));
        if let Some(done) = child.try_wait().map_err(failed)? {
            break done.code();
        }
        sleep(LOOK);
    };
    let elapsed = start.elapsed();
    if !code.is_some_and(|code| codes.contains(&code)) {
        return Err(format!("{program} ended with {code:?}; no figure is given for it"));
    }
    Ok(Cost { processor: processor_of_children()? - before, elapsed, peak_kib })
}

/// Highest resident memory so far, in KiB; 0 once the process has ended.
fn peak(status: &str) -> u64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

/// Processor time of the children waited for: fields 16 and 17 of `/proc/self/stat`.
fn processor_of_children() -> Result<Duration, String> {
    let text = fs::read_to_string("/proc/self/stat").map_err(|error| error.to_string())?;
    let rest = text.rsplit_once(')').ok_or("/proc/self/stat has no name")?.1;
    let ticks = rest.split_whitespace().skip(13).take(2).filter_map(|it| it.parse::<u64>().ok());
    Ok(Duration::from_millis(ticks.sum::<u64>() * 1_000 / TICKS))
}

/// Where a peer is: as told, else in `PATH`.
fn peer(told: Option<&Path>, name: &str) -> Option<PathBuf> {
    if let Some(path) = told {
        return fs::canonicalize(path).ok();
    }
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// A folder of so many of the rules, taken evenly from all of them.
fn some_rules(rules: &Path, number: usize, work: &Path) -> Result<PathBuf, String> {
    let mut files = Vec::new();
    let mut folders = vec![rules.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))? {
            let path = entry.map_err(|error| error.to_string())?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "yml") {
                files.push(path);
            }
        }
    }
    files.sort();
    let chosen = work.join(format!("rules-{number}"));
    fs::create_dir_all(&chosen).map_err(|error| error.to_string())?;
    for at in 0..number.min(files.len()) {
        let place = at * files.len() / number.min(files.len());
        fs::copy(&files[place], chosen.join(format!("{at}.yml"))).map_err(|error| error.to_string())?;
    }
    Ok(chosen)
}

fn asked(arguments: &[String]) -> Result<Asked, String> {
    let mut asked = Asked::default();
    let mut rest = arguments.iter();
    while let Some(flag) = rest.next() {
        let place = match flag.as_str() {
            "--dist" => {
                asked.dist = true;
                continue;
            }
            "--evidence" => &mut asked.evidence,
            "--rules" => &mut asked.rules,
            "--hayabusa" => &mut asked.hayabusa,
            "--chainsaw" => &mut asked.chainsaw,
            _ => return Err(USAGE.to_owned()),
        };
        *place = Some(rest.next().ok_or(USAGE)?.into());
    }
    Ok(asked)
}
