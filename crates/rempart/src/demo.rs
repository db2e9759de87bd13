//! `rempart demo`: a whole night on the demonstration hospital group, read as anybody's own would be.
//!
//! Invariant: nothing here knows what the generator did; `triage` on the same files says the same. A night that was
//! unfolding goes on where it stood, where the very same one is asked for.

use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use console::Demonstration;
use demo::Night;

use crate::args::{Demo, Kept};
use crate::exit::{DONE, Failure};
use crate::triage::{Tools, plain};
use crate::{map, output, screen, serve};

/// Which night the console shows, beside what it keeps.
const BEGUN: &str = "console/night.json";

/// The night that was begun in a folder.
#[derive(Deserialize, Serialize)]
struct Begun {
    night: String,
    seed: u64,
    end: Timestamp,
}

pub(crate) fn run(args: &Demo) -> Result<u8, Failure> {
    let night = match args.night.as_str() {
        "flood" => Night::Flood,
        "insider" => Night::Insider,
        "quiet" => Night::Quiet,
        _ => Night::Ransomware,
    };
    let (evidence, folder) = (args.out.join("evidence"), args.out.join("map"));
    let words = screen::words(args.view.lang, args.view.content.as_deref(), &TimeZone::UTC)?;
    if let Some(end) = goes_on(args)? {
        let begun = args.out.join("console").display().to_string();
        eprintln!("{}", words.say_with("demo-goes-on", &[("folder", begun.into())]));
        // Title, map and evidence are in the store already.
        let night = Demonstration {
            map: folder,
            evidence,
            title: args.night.clone(),
            remark: String::new(),
            end,
            replay: args.replay,
        };
        return serve::demonstrate(&kept(args), &args.listen, &args.view, night);
    }
    make_room(&args.out)?;
    output::folder(&folder)?;
    output::folder(&evidence)?;
    for file in demo::map_files() {
        output::write(&folder.join(&file.name), |out| out.write_all(&file.bytes))?;
    }
    eprintln!("{}", words.say_with("demo-begins", &[("seed", args.seed.to_string().into())]));
    let map = map::load(&folder, args.view.lang, args.view.content.as_deref())?;
    let truth = demo::generate(&map, night, args.seed, &evidence)?;
    output::write(&args.out.join("truth.json"), |out| Ok(serde_json::to_writer_pretty(out, &truth)?))?;
    let request = plain(evidence.clone(), folder.clone(), args.view.clone());
    let tools = Tools::gather(&request)?;
    let (assessment, signals) = tools.assess(&request)?.split();
    tools.write(&assessment, &signals, &args.out, true)?;
    screen::text(&report::terminal(&assessment, tools.map.as_ref(), &tools.words, screen::terminal()))?;
    let report = args.out.join("report.html").display().to_string();
    eprintln!("\n{}", words.say_with("demo-report", &[("file", report.into())]));
    if args.no_serve {
        return Ok(DONE);
    }
    let begun = Begun { night: args.night.clone(), seed: args.seed, end: assessment.now };
    output::folder(&args.out.join("console"))?;
    output::write(&args.out.join(BEGUN), |out| Ok(serde_json::to_writer(out, &begun)?))?;
    let demonstration = Demonstration {
        map: folder,
        evidence,
        title: tools.words.say(&format!("demo-{}", args.night)),
        remark: tools.words.say("demo-map"),
        end: assessment.now,
        replay: args.replay,
    };
    drop(tools);
    serve::demonstrate(&kept(args), &args.listen, &args.view, demonstration)
}

fn kept(args: &Demo) -> Kept {
    Kept { data: args.out.join("console"), database: None }
}

/// The evidence's end, where this very night unfolds in the folder's console and is not over.
fn goes_on(args: &Demo) -> Result<Option<Timestamp>, Failure> {
    let text = std::fs::read(args.out.join(BEGUN)).unwrap_or_default();
    let Ok(begun) = serde_json::from_slice::<Begun>(&text) else { return Ok(None) };
    if args.replay.is_none() || begun.night != args.night || begun.seed != args.seed {
        return Ok(None);
    }
    let unfolds = serve::runtime()?.block_on(console::unfinished(&args.out.join("console")));
    Ok(unfolds.then_some(begun.end))
}

/// Clears an earlier demonstration; refuses a folder that holds anything else.
fn make_room(out: &Path) -> Result<(), Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::bad(format!("{} cannot be used: {error}; name another folder with --out", out.display()))
    };
    let occupied = match std::fs::read_dir(out) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(unreadable(error)),
    };
    if occupied && !out.join("map").is_dir() {
        return Err(Failure::bad(format!(
            "{} holds something else; name an empty folder with --out",
            out.display()
        )));
    }
    for part in ["evidence", "map", "drafts", "console"] {
        let part = out.join(part);
        if part.is_dir() {
            std::fs::remove_dir_all(&part).map_err(unreadable)?;
        }
    }
    Ok(())
}
