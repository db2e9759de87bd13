//! Tables as CSV.
//!
//! Invariant: a cell that a spreadsheet would run as a formula is neutralised with a leading quote.

use std::borrow::Cow;

/// One line of cells.
#[must_use]
pub fn csv_line(cells: &[&str]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let wrote = writer.write_record(cells.iter().map(|cell| cell_of(cell).into_owned()));
    // Writing to memory does not fail.
    let bytes = wrote.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn cell_of(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::csv_line;

    #[test]
    fn formulas_are_neutralised_and_quotes_doubled() {
        assert_eq!(csv_line(&["=1+1", "a \"b\"", "x,y"]), "'=1+1,\"a \"\"b\"\"\",\"x,y\"\n");
    }
}
