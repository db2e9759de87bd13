//! `rempart map draft`: a first map from what was seen.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::args::View;
use crate::exit::{DONE, Failure, UNREADABLE};
use crate::progress::Bar;
use crate::{interrupt, output, screen, triage};

pub(super) fn draft(
    evidence: &[PathBuf],
    csv: Option<&Path>,
    out: &Path,
    view: &View,
) -> Result<u8, Failure> {
    if evidence.is_empty() && csv.is_none() {
        return Err(Failure::bad("nothing to draft from; name evidence, or an inventory with --csv"));
    }
    if std::fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Failure::bad(format!("{} is not empty; name a new folder with --out", out.display())));
    }
    let zone = TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC);
    let words = screen::words(view.lang, view.content.as_deref(), &zone)?;
    let inventory = csv.map(|path| {
        std::fs::read(path)
            .map_err(|error| Failure::bad(format!("{} cannot be read: {error}", path.display())))
    });
    let bar = Bar::new();
    let show = |progress| bar.show(progress);
    let options = evidence::Options {
        threads: view.threads.unwrap_or(0),
        reference: Some(Timestamp::now()),
        progress: Some(&show),
        interrupted: Some(interrupt::flag()),
        ..evidence::Options::default()
    };
    let done = assess::draft(triage::inputs(evidence)?, &options, inventory.transpose()?, &words);
    bar.finish();
    let draft = done.map_err(|error| Failure::bad(error.to_string()))?;
    output::folder(out)?;
    for (name, text) in &draft.files {
        output::write(&out.join(name), |file| file.write_all(text.as_bytes()))?;
    }
    for remark in &draft.remarks {
        eprintln!("{}", report::plain(remark));
    }
    for piece in &draft.report.unreadable {
        eprintln!("{}: {}", report::plain(&piece.path), report::plain(&piece.reason));
    }
    let told = [
        ("machines", draft.machines.into()),
        ("events", words.number(draft.report.events).into()),
        ("folder", out.display().to_string().into()),
    ];
    eprintln!("{}", words.say_with("draft-done", &told));
    Ok(if draft.report.unreadable.is_empty() { DONE } else { UNREADABLE })
}
