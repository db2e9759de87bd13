//! What loading rules, reading and judging cost, stage by stage, in processor time of this process.
//!
//! `judge EVIDENCE RULES [THREADS]`, each a folder. Invariant: a stage's time is all that the process spent on it.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use detect::{Cache, Engine, Rules, Settings};
use evidence::{Event, Input, Options};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    let [evidence, rules, rest @ ..] = arguments.as_slice() else {
        println!("judge EVIDENCE RULES [THREADS]: folders of logs and of rules; nothing was measured");
        return Ok(());
    };
    let threads = rest.first().map_or(Ok(1), |it| it.parse())?;
    let files = stage("read rule files", || gather(Path::new(rules)))??;
    let load = |cache| Rules::load_with(files.iter().map(|(path, bytes)| (path, bytes)), cache);
    let folder = tempfile::tempdir()?;
    let cache = Cache::new(folder.path().to_path_buf());
    stage("load rules, keep them", || load(Some(&cache)))?;
    stage("load rules, kept", || load(Some(&cache)))?;
    let rules = stage("load rules", || load(None))?;
    println!("  {} rules, {} refused", rules.loaded(), rules.refused().len());
    let content = content::Content::embedded();
    let settings = Settings::read(|path| content.file(path))?;
    let engine = stage("engine", || Engine::new(rules, settings))?;
    let options = Options { threads, ..Options::default() };
    let inputs = || vec![Input::Path(evidence.into())];
    for _ in 0..2 {
        let report =
            stage("read alone", || evidence::read(inputs(), &options, |_, _: &mut Vec<()>| {}, |()| {}))?;
        println!("  {} events, {} bytes", report.events, report.bytes);
        let mut found = 0_u64;
        let judge = |event: &Event, out: &mut Vec<_>| engine.judge(event, out);
        stage("read and judge", || evidence::read(inputs(), &options, judge, |_| found += 1))?;
        println!("  {found} detections");
    }
    println!("peak memory: {}", peak()?);
    Ok(())
}

fn stage<T>(name: &str, work: impl FnOnce() -> T) -> Result<T, Box<dyn Error>> {
    let (before, start) = (processor()?, Instant::now());
    let done = work();
    println!("{name}: {:?} of processor, {:?}", processor()? - before, start.elapsed());
    Ok(done)
}

/// Processor time so far, of all threads: fields 14 and 15 of `/proc/self/stat`, in hundredths of a second.
fn processor() -> Result<Duration, Box<dyn Error>> {
    let text = std::fs::read_to_string("/proc/self/stat")?;
    let rest = text.rsplit_once(')').ok_or("/proc/self/stat has no name")?.1;
    let ticks = rest.split_whitespace().skip(11).take(2).filter_map(|it| it.parse::<u64>().ok());
    Ok(Duration::from_millis(ticks.sum::<u64>() * 10))
}

fn peak() -> Result<String, Box<dyn Error>> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    Ok(text.lines().find_map(|it| it.strip_prefix("VmHWM:")).unwrap_or_default().trim().to_owned())
}

fn gather(folder: &Path) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "yml") {
                files.push((path.to_string_lossy().into_owned(), std::fs::read(&path)?));
            }
        }
    }
    files.sort();
    Ok(files)
}
