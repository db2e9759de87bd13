//! `rempart demo`: a whole night on the demonstration hospital group, read as anybody's own would be.
//!
//! Invariant: nothing here knows what the generator did; `triage` on the same files says the same.

use std::path::Path;

use console::Demonstration;
use demo::Night;

use crate::args::{Demo, Kept};
use crate::exit::{DONE, Failure};
use crate::triage::{Tools, plain};
use crate::{map, output, screen, serve};

pub(crate) fn run(args: &Demo) -> Result<u8, Failure> {
    let night = match args.night.as_str() {
        "flood" => Night::Flood,
        "insider" => Night::Insider,
        "quiet" => Night::Quiet,
        _ => Night::Ransomware,
    };
    let (evidence, folder) = (args.out.join("evidence"), args.out.join("map"));
    make_room(&args.out)?;
    output::folder(&folder)?;
    output::folder(&evidence)?;
    for file in demo::map_files() {
        output::write(&folder.join(&file.name), |out| out.write_all(&file.bytes))?;
    }
    eprintln!(
        "This is a demonstration: the hospital group is fictional, the night is made from seed {}.",
        args.seed
    );
    let truth = demo::generate(&map::load(&folder)?, night, args.seed, &evidence)?;
    output::write(&args.out.join("truth.json"), |out| Ok(serde_json::to_writer_pretty(out, &truth)?))?;
    let request = plain(evidence.clone(), folder.clone(), args.view.clone());
    let tools = Tools::gather(&request)?;
    let (assessment, signals) = tools.assess(&request)?.split();
    tools.write(&assessment, &signals, &args.out, true)?;
    screen::text(&report::terminal(&assessment, tools.map.as_ref(), &tools.words, screen::terminal()))?;
    eprintln!("\nThe report for the director: {}", args.out.join("report.html").display());
    if args.no_serve {
        return Ok(DONE);
    }
    let kept = Kept { data: args.out.join("console"), database: None };
    let demonstration = Demonstration {
        map: folder,
        evidence,
        title: tools.words.say(&format!("demo-{}", args.night)),
        end: assessment.now,
        replay: args.replay,
    };
    drop(tools);
    serve::demonstrate(&kept, &args.listen, &args.view, demonstration)
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
