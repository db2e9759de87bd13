//! Measures behind `docs/performance.md`.
//!
//! Invariant: it measures the profile that people run (`release`), unless `--dist` asks for the packaged one.

mod detect;

use crate::stage::cargo;

const BENCHES: [(&str, &str); 4] =
    [("impact", "hospital"), ("growing", "detect"), ("triage", "rempart"), ("console", "rempart")];

pub(crate) fn bench(args: &[String]) -> Result<(), String> {
    if let Some((name, rest)) = args.split_first()
        && name == "detect"
    {
        return detect::bench(rest);
    }
    if let Some((name, rest)) = args.split_first()
        && name == "intake"
    {
        let mut own = vec!["bench", "--package", "rempart", "--bench", "intake", "--"];
        own.extend(rest.iter().map(String::as_str));
        return cargo("intake", &own);
    }
    let (flags, names): (Vec<_>, Vec<_>) =
        args.iter().map(String::as_str).partition(|it| it.starts_with("--"));
    let asked = |name: &str| names.is_empty() || names.contains(&name);
    let known = |name: &&str| BENCHES.iter().any(|bench| bench.0 == *name);
    if flags.iter().any(|flag| *flag != "--dist") || !names.iter().all(known) {
        return Err(
            "Usage: cargo xtask bench [--dist] [impact] [growing] [triage] [console], or cargo xtask bench detect …, or cargo xtask bench \
             intake [--minutes N] [--rate N] [--ceiling MIB]"
                .to_owned(),
        );
    }
    let profile = if flags.is_empty() { "release" } else { "dist" };
    for (name, package) in BENCHES.iter().filter(|bench| asked(bench.0)) {
        cargo(name, &["bench", "--profile", profile, "--package", package, "--bench", name])?;
    }
    Ok(())
}
