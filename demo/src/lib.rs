//! The demonstration hospital group and its nights, made by code from a seed.
//!
//! A night is a folder of logs as an administrator would have copied them together by morning, over
//! a background of ordinary activity. Invariant: the same night, seed and map give the same bytes;
//! nothing here reads the clock.

mod background;
mod dice;
pub mod evtx;
mod export;
mod flood;
mod images;
mod insider;
mod lines;
mod log;
mod ransomware;
mod rhythm;
mod scene;
mod shapes;
mod truth;
mod world;

use std::io;
use std::path::Path;

use hospital::{Map, MapFile};
use include_dir::{Dir, include_dir};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::dice::Dice;
use crate::log::{HOUR, Log, Micros};
use crate::rhythm::Span;
use crate::scene::Scene;
use crate::world::World;

pub use truth::{Account, Touched, Truth};

static MAP: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/map");

/// The files of the demonstration group's map, by name.
#[must_use]
pub fn map_files() -> Vec<MapFile> {
    let is_map = |name: &str| name.ends_with(".toml") || name.ends_with(".csv");
    let files = MAP.files().filter(|file| is_map(&file.path().to_string_lossy())).map(|file| MapFile {
        name: file.path().to_string_lossy().into_owned(),
        bytes: file.contents().to_vec(),
    });
    files.collect()
}

/// What happens.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Night {
    /// Nothing: the background alone.
    Quiet,
    /// From a VPN account without a second factor to some thirty encrypted servers.
    Ransomware,
    /// Hacktivists against the public sites.
    Flood,
    /// Patient records read without a reason, over three weeks.
    Insider,
}

/// Writes a night's evidence into `folder` and returns what was done in it.
///
/// # Errors
/// When the map has too few machines to tell the night with, or a file cannot be written.
pub fn generate(map: &Map, night: Night, seed: u64, folder: &Path) -> io::Result<Truth> {
    let world = World::new(map, seed)?;
    let midnight = world.midnight();
    let span = match night {
        Night::Insider => Span { start: midnight - 21 * 24 * HOUR, end: midnight },
        _ => Span { start: midnight + 4 * HOUR, end: midnight + 31 * HOUR },
    };
    let mut scene = Scene { world: &world, dice: Dice::part(seed, "background"), log: Log::default() };
    background::tell(&mut scene, span);
    scene.dice = Dice::part(seed, "night");
    let mut truth = Truth { night: night.name().to_owned(), seed, ..Truth::default() };
    match night {
        Night::Quiet => {}
        Night::Ransomware => ransomware::tell(&mut scene, midnight, &mut truth),
        Night::Flood => flood::tell(&mut scene, midnight, &mut truth),
        Night::Insider => insider::tell(&mut scene, span, &mut truth),
    }
    truth.start = instant(span.start);
    truth.end = instant(span.end);
    truth.events = export::export(&world, &scene.log, folder)?;
    Ok(truth)
}

impl Night {
    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Night::Quiet => "quiet",
            Night::Ransomware => "ransomware",
            Night::Flood => "flood",
            Night::Insider => "insider",
        }
    }
}

fn instant(time: Micros) -> Timestamp {
    Timestamp::from_microsecond(time).unwrap_or_default()
}
