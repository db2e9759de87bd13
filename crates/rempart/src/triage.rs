//! `rempart triage`: evidence in, an assessment out, in the faces asked for.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use assess::{Assessment, Lang, People, Piece, Request, SignalList, Words};
use content::Content;
use detect::{Engine, Rules, Settings};
use evidence::{CsvMapping, Input};
use govern::{Facts, Obligations, Value};
use hospital::Map;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use report::{Note, Page};

use crate::args::{Format, Triage, View};
use crate::exit::{DONE, FOUND, Failure, INTERRUPTED, UNREADABLE};
use crate::progress::Bar;
use crate::{interrupt, map, output, rules, screen};

pub(crate) fn run(args: &Triage) -> Result<u8, Failure> {
    let tools = Tools::gather(args)?;
    let mut assessment = tools.assess(args)?;
    if args.fold {
        assessment.fold()?;
    }
    let (assessment, signals) = assessment.split();
    if let Some(folder) = &args.out {
        tools.write(&assessment, &signals, folder, !args.no_appendix)?;
        eprintln!("{}", folder.join("report.html").display());
    }
    match args.format {
        Format::Json => screen::json(&assessment.clone().with(&signals))?,
        Format::Text => {
            screen::text(&report::terminal(
                &assessment,
                tools.map.as_ref(),
                &tools.words,
                screen::terminal(),
            ))?;
        }
    }
    Ok(code(&assessment))
}

fn code(assessment: &Assessment) -> u8 {
    match assessment {
        _ if interrupt::asked() => INTERRUPTED,
        it if !it.evidence.unreadable.is_empty() => UNREADABLE,
        it if it.signals > 0 => FOUND,
        _ => DONE,
    }
}

/// What an assessment is made with, loaded and checked.
pub(crate) struct Tools {
    pub(crate) map: Option<Map>,
    pub(crate) words: Words,
    engine: Engine,
    refused: Vec<Piece>,
    obligations: Obligations,
    facts: Facts,
    mapping: Option<CsvMapping>,
}

impl Tools {
    /// Loads map, rules, obligations and words; says what is wrong with any of them.
    pub(crate) fn gather(args: &Triage) -> Result<Tools, Failure> {
        let content = screen::content(args.view.content.as_deref())?;
        let view = &args.view;
        let load = |path| map::load(path, view.lang, view.content.as_deref());
        let map = args.map.as_deref().map(load).transpose()?;
        let zone = map
            .as_ref()
            .map(|map| map.time_zone.clone())
            .or_else(|| args.time_zone.clone())
            .unwrap_or(TimeZone::UTC);
        let words = Words::load(&content, screen::language(args.view.lang), zone)
            .map_err(|error| Failure::bad(error.to_string()))?;
        let rules = rules::gather(&content, &args.rules, args.only_rules, rules::own_cache().as_ref())?;
        let refused = rules
            .refused()
            .iter()
            .map(|it| Piece { path: it.path.clone(), reason: it.reason.clone() })
            .collect();
        let obligations = obligations(&content)?;
        Ok(Tools {
            engine: engine(rules, &content)?,
            refused,
            facts: facts(&args.facts, &obligations)?,
            obligations,
            mapping: args.mapping.as_deref().map(mapping).transpose()?,
            map,
            words,
        })
    }

    /// Reads the evidence and says what it means.
    pub(crate) fn assess(&self, args: &Triage) -> Result<Assessment<SignalList<'_>>, Failure> {
        let bar = Bar::new();
        let show = |progress| bar.show(progress);
        let clock = Timestamp::now();
        let options = evidence::Options {
            threads: args.view.threads.unwrap_or(0),
            time_zone: args.time_zone.clone().or_else(|| self.map.as_ref().map(|map| map.time_zone.clone())),
            reference: Some(args.now.unwrap_or(clock)),
            mapping: self.mapping.clone(),
            progress: Some(&show),
            interrupted: Some(interrupt::flag()),
            ..evidence::Options::default()
        };
        let request = Request {
            map: self.map.as_ref(),
            engine: &self.engine,
            refused: self.refused.clone(),
            obligations: &self.obligations,
            now: args.now,
            clock,
            aware: args.aware,
            facts: self.facts.clone(),
            horizon: args.horizon,
            people: People::default(),
        };
        let spill = || Ok(Box::new(tempfile::tempfile()?) as Box<dyn detect::Spill>);
        let done = assess::triage(inputs(&args.evidence)?, &options, request, &self.words, spill);
        bar.finish();
        done.map_err(|error| Failure::from(io::Error::other(format!("{error} (temporary file of signals)"))))
    }

    /// Every face as files: the report, the JSON, the tables, the drafts.
    pub(crate) fn write(
        &self,
        assessment: &Assessment,
        signals: &SignalList<'_>,
        folder: &Path,
        appendix: bool,
    ) -> Result<(), Failure> {
        output::folder(&folder.join("drafts"))?;
        output::write(&folder.join("assessment.json"), |out| {
            serde_json::to_writer_pretty(&mut *out, &assessment.clone().with(signals))?;
            writeln!(out)
        })?;
        output::write(&folder.join("signals.csv"), |out| report::signals_csv(signals, out))?;
        output::write(&folder.join("timeline.csv"), |out| report::timeline_csv(signals, out))?;
        for obligation in &assessment.obligations {
            if let Some(draft) = &obligation.draft {
                let path = folder.join("drafts").join(format!("{}.txt", obligation.id));
                output::write(&path, |out| out.write_all(draft.as_bytes()))?;
            }
        }
        let notes = self.notes();
        let (map, words) = (self.map.as_ref(), &self.words);
        let page = Page { assessment, signals, map, words, appendix, notes: &notes };
        let html = report::html(page)?;
        output::write(&folder.join("report.html"), |out| out.write_all(html.as_bytes()))?;
        Ok(())
    }

    fn notes(&self) -> BTreeMap<String, Note> {
        let lang = self.words.lang();
        let say = |words: &detect::Words| if lang == Lang::Fr { words.fr.clone() } else { words.en.clone() };
        let noted = self.engine.facts().filter_map(|rule| Some((rule.id.to_string(), rule.note.as_ref()?)));
        noted.map(|(id, note)| (id, Note { why: say(&note.why), check: say(&note.check) })).collect()
    }
}

/// An engine over these rules.
pub(crate) fn engine(rules: Rules, content: &Content) -> Result<Engine, Failure> {
    let settings =
        Settings::read(|path| content.file(path)).map_err(|error| Failure::bad(error.to_string()))?;
    Ok(Engine::new(rules, settings))
}

/// Obligations of every pack.
pub(crate) fn obligations(content: &Content) -> Result<Obligations, Failure> {
    Obligations::load(content.under("obligations/")).map_err(|mistakes| {
        let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        Failure::bad(lines.join("\n"))
    })
}

fn facts(stated: &[String], obligations: &Obligations) -> Result<Facts, Failure> {
    let mut facts = Vec::new();
    for text in stated {
        let parsed =
            text.split_once('=').and_then(|(name, value)| Some((name.trim(), Value::parse(value.trim())?)));
        let (name, value) = parsed.ok_or_else(|| {
            Failure::bad(format!("{text} is not a fact; write NAME=yes, NAME=no or NAME=1200"))
        })?;
        if obligations.question(name).is_none() {
            let near = hospital::nearest(name, obligations.facts().map(|(name, _)| name));
            let hint = near.map_or_else(
                || "see content/obligations/shared/facts.yml".to_owned(),
                |near| format!("did you mean {near}"),
            );
            return Err(Failure::bad(format!("no obligation asks for the fact {name}; {hint}")));
        }
        facts.push((name.to_owned(), value));
    }
    Ok(Facts::stated(facts))
}

fn mapping(path: &Path) -> Result<CsvMapping, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::bad(format!("{} cannot be read: {error}; see docs/triage.md for its shape", path.display()))
    })?;
    CsvMapping::parse(&text).map_err(|error| Failure::bad(format!("{}: {error}", path.display())))
}

pub(crate) fn inputs(paths: &[PathBuf]) -> Result<Vec<Input>, Failure> {
    paths
        .iter()
        .map(|path| {
            if path.as_os_str() == "-" {
                return Ok(Input::Stream { name: "-".to_owned(), read: Box::new(io::stdin()) });
            }
            match std::fs::symlink_metadata(path) {
                Ok(_) => Ok(Input::Path(path.clone())),
                Err(error) => Err(Failure::bad(format!(
                    "{} cannot be read: {error}; name a file, a folder, or -",
                    path.display()
                ))),
            }
        })
        .collect()
}

/// What `triage EVIDENCE --map MAP` asks, for the demonstration.
pub(crate) fn plain(evidence: PathBuf, map: PathBuf, view: View) -> Triage {
    Triage {
        evidence: vec![evidence],
        map: Some(map),
        rules: Vec::new(),
        only_rules: false,
        view,
        now: None,
        aware: None,
        facts: Vec::new(),
        horizon: 86_400,
        time_zone: None,
        format: Format::Text,
        fold: false,
        no_appendix: false,
        mapping: None,
        out: None,
    }
}
