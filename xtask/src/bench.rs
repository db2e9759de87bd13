//! Measures behind `docs/performance.md`.

use crate::stage::cargo;

pub(crate) fn bench(args: &[String]) -> Result<(), String> {
    let only = args.first().map(String::as_str);
    if only.is_none_or(|name| name == "impact") {
        cargo("impact", &["bench", "--profile", "dist", "--package", "hospital"])?;
    }
    if only.is_none_or(|name| name == "triage") {
        cargo("triage", &["bench", "--profile", "dist", "--package", "rempart"])?;
    }
    Ok(())
}
