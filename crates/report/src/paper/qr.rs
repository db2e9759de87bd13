//! QR codes, as SVG that prints sharp at any size.
//!
//! Invariant: the words of a code always stand in clear beside it; a text too long for a code gives
//! no code rather than a wrong one.

use std::fmt::Write;

use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};

use crate::plain;

/// Light modules that readers need around a code.
const QUIET: usize = 4;

/// A code that holds `text`, black on white, with its quiet zone; nothing where `text` is too long.
#[must_use]
pub fn qr_svg(text: &str) -> Markup {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return html! {} };
    let side = code.width() + 2 * QUIET;
    html! {
        svg.qr viewBox={ "0 0 " (side) " " (side) } role="img" aria-label={ "QR " (plain(text)) } {
            rect width=(side) height=(side) fill="#fff" {}
            path shape-rendering="crispEdges" fill="#000" d=(path(&code)) {}
        }
    }
}

/// One rectangle a run of dark modules.
fn path(code: &QrCode) -> String {
    let mut path = String::new();
    for (row, modules) in code.to_colors().chunks(code.width()).enumerate() {
        let mut column = 0;
        for run in modules.chunk_by(|a, b| a == b) {
            if run.first() == Some(&Color::Dark) {
                let _ = write!(path, "M{} {}h{len}v1h-{len}z", column + QUIET, row + QUIET, len = run.len());
            }
            column += run.len();
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modules that a path paints, read back from its text.
    fn painted(svg: &str) -> Vec<(usize, usize)> {
        let path = svg.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
        let runs = path.split('M').skip(1).map(|run| {
            let numbers: Vec<usize> = run
                .split(|c: char| !c.is_ascii_digit())
                .filter(|it| !it.is_empty())
                .map(|it| it.parse().unwrap())
                .collect();
            (numbers[0], numbers[1], numbers[2])
        });
        runs.flat_map(|(x, y, len)| (x..x + len).map(move |x| (x, y))).collect()
    }

    #[test]
    fn every_dark_module_is_painted_once_inside_the_quiet_zone() {
        let text = "https://rempart.example/wards/north-er";
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        let svg = qr_svg(text).into_string();
        let mut drawn = painted(&svg);
        drawn.sort_unstable();
        let width = code.width();
        let mut dark: Vec<(usize, usize)> = (0..width * width)
            .filter(|place| code.to_colors()[*place] == Color::Dark)
            .map(|place| (place % width + QUIET, place / width + QUIET))
            .collect();
        dark.sort_unstable();
        assert_eq!(drawn, dark);
        assert!(svg.contains(&format!("0 0 {0} {0}", width + 2 * QUIET)));
        assert_eq!(width, 4 * 3 + 17, "38 bytes at level M fit version 3");
    }

    #[test]
    fn too_much_text_gives_no_code() {
        assert_eq!(qr_svg(&"x".repeat(5_000)).into_string(), "");
        assert!(!qr_svg("\"><script>").into_string().contains("<script"));
    }
}
