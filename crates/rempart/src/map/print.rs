//! `rempart map print`: what must be on paper before the night.

use report::paper::{self, Links};

use super::{load, now};
use crate::args::{PrintArgs, Sheets};
use crate::exit::{DONE, Failure};
use crate::{output, screen};

pub(super) fn print(args: &PrintArgs) -> Result<u8, Failure> {
    let links = match &args.base_url {
        None => Links::none(),
        Some(url) => Links::to(url).ok_or_else(|| {
            Failure::bad(format!(
                "{url} is no address of a console; write it as https://rempart.example:8787"
            ))
        })?,
    };
    let map = load(&args.map)?;
    let words = screen::words(args.lang, None, &map.time_zone)?;
    let at = now(args.now);
    let page = match args.what {
        Sheets::Folder => paper::folder(&map, &words, at, &links),
        Sheets::Cards => paper::cards(&map, &words, at),
        Sheets::Labels => paper::labels(&map, &words),
        Sheets::Wards => paper::wards(&map, &words, at, &links),
    };
    output::write(&args.out, |file| file.write_all(page.as_bytes()))?;
    eprintln!("Ready to print: {}", args.out.display());
    Ok(DONE)
}
