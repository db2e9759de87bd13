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
    let map = load(&args.map, args.lang, None)?;
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

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::exit::{BAD_INPUT, CANNOT_WRITE};

    fn args(out: &Path) -> PrintArgs {
        PrintArgs {
            map: Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/map"),
            what: Sheets::Folder,
            base_url: None,
            now: Some(jiff::Timestamp::UNIX_EPOCH),
            lang: Some(assess::Lang::Fr),
            out: out.to_owned(),
        }
    }

    #[test]
    fn each_kind_of_page_is_written_whole() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("page.html");
        for what in [Sheets::Folder, Sheets::Cards, Sheets::Labels, Sheets::Wards] {
            assert_eq!(print(&PrintArgs { what, ..args(&out) }).unwrap(), DONE);
            let page = std::fs::read_to_string(&out).unwrap();
            assert!(
                page.starts_with("<!DOCTYPE html><html lang=\"fr\">") && page.ends_with("</html>"),
                "{what:?}"
            );
        }
    }

    #[test]
    fn failures_say_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("page.html");
        let bad = |args: PrintArgs| print(&args).unwrap_err();
        let url = bad(PrintArgs { base_url: Some("javascript:x".to_owned()), ..args(&out) });
        assert!(url.code == BAD_INPUT && url.message.contains("write it as"), "{url:?}");
        let map = bad(PrintArgs { map: PathBuf::from("nowhere"), ..args(&out) });
        assert!(map.code == BAD_INPUT && map.message.contains("name a map folder"), "{map:?}");
        assert!(!out.exists(), "nothing is written for a bad request");
        let place = bad(args(&folder.path().join("none/page.html")));
        assert!(place.code == CANNOT_WRITE && place.message.contains("--out"), "{place:?}");
    }
}
