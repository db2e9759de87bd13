//! `rempart map draw`: the map as a picture.

use std::path::Path;

use assess::Lang;

use super::load;
use crate::exit::{DONE, Failure};
use crate::{output, screen};

pub(super) fn draw(path: &Path, out: &Path, lang: Option<Lang>) -> Result<u8, Failure> {
    let map = load(path, lang, None)?;
    let words = screen::words(lang, None, &map.time_zone)?;
    output::write(out, |file| file.write_all(report::draw(&map, &words).as_bytes()))?;
    eprintln!("Drawn: {}", out.display());
    Ok(DONE)
}
