//! What the command loads before it reads: rules, obligations, words.

use std::error::Error;

use assess::{Lang, Words};
use content::Content;
use detect::{Engine, Rules, Settings};
use evidence::{Event, Input, Options, Report};
use govern::Obligations;
use hospital::Map;
use jiff::Timestamp;

/// An engine and what an assessment needs beside it.
pub(crate) struct Loaded {
    pub(crate) engine: Engine,
    pub(crate) obligations: Obligations,
    pub(crate) words: Words,
    pub(crate) clock: Timestamp,
    zone: jiff::tz::TimeZone,
}

impl Loaded {
    pub(crate) fn new(map: &Map) -> Result<Loaded, Box<dyn Error>> {
        let content = Content::embedded();
        let obligations = Obligations::load(content.under("obligations/"));
        Ok(Loaded {
            engine: engine(&content)?,
            obligations: obligations.map_err(|mistakes| format!("{} mistakes", mistakes.len()))?,
            words: Words::load(&content, Lang::Fr, map.time_zone.clone())?,
            clock: Timestamp::now(),
            zone: map.time_zone.clone(),
        })
    }

    /// How the command reads evidence, on every core.
    pub(crate) fn options(&self) -> Options<'static> {
        Options { time_zone: Some(self.zone.clone()), reference: Some(self.clock), ..Options::default() }
    }

    pub(crate) fn read<T: Send>(
        &self,
        inputs: Vec<Input>,
        judge: impl Fn(&Event, &mut Vec<T>) + Sync,
        sink: impl FnMut(T),
    ) -> Report {
        evidence::read(inputs, &self.options(), judge, sink)
    }
}

/// Our own rules, compiled.
pub(crate) fn engine(content: &Content) -> Result<Engine, Box<dyn Error>> {
    let settings = Settings::read(|path| content.file(path))?;
    Ok(Engine::new(Rules::load(content.under("rules/")), settings))
}
