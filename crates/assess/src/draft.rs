//! A first map, from the hosts, addresses and talkers seen in evidence and from an inventory export.
//!
//! Invariant: what is guessed is marked as a guess with its reason, beside what it is about; care is never
//! invented; the files pass `map check` without a mistake.

mod files;
mod inventory;
mod machines;
mod names;
mod observe;
mod seen;
mod service;

use evidence::{Input, Options};

use crate::words::Words;
use inventory::Inventory;
use machines::Machines;
use seen::Seen;

pub use inventory::InventoryError;

/// A drafted map.
#[derive(Debug)]
pub struct Draft {
    /// Name and text of each file.
    pub files: Vec<(&'static str, String)>,
    /// How many machines it holds.
    pub machines: usize,
    /// What was left out or not understood, in sentences.
    pub remarks: Vec<String>,
    /// What was read of the evidence.
    pub report: evidence::Report,
}

/// Drafts a map. `inventory` holds the bytes of an export with a header, in French or English.
///
/// # Errors
/// When the export has no column that names a machine.
pub fn draft(
    inputs: Vec<Input>,
    options: &Options<'_>,
    inventory: Option<Vec<u8>>,
    words: &Words,
) -> Result<Draft, InventoryError> {
    let inventory = inventory.map(Inventory::read).transpose()?.unwrap_or_default();
    let mut seen = Seen::default();
    let report = evidence::read(inputs, options, observe::glimpse, |glimpse| seen.add(glimpse));
    let machines = Machines::assemble(&inventory, &seen);
    let counts = [
        ("draft-columns", inventory.strange.len() as u64),
        ("draft-nameless", inventory.nameless.0),
        ("draft-unreadable", inventory.unreadable.0),
        ("draft-cut", inventory.cut + seen.ends_cut + seen.talks_cut),
    ];
    let told = counts.into_iter().filter(|(_, count)| *count > 0);
    let columns = inventory.strange.join(", ");
    let remarks = told.map(|(key, count)| {
        words.say_with(key, &[("count", count.into()), ("columns", columns.as_str().into())])
    });
    Ok(Draft {
        remarks: remarks.collect(),
        files: files::files(&machines, words),
        machines: machines.all.len(),
        report,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;
    use content::Content;
    use hospital::MapFile;
    use jiff::tz::TimeZone;

    const LOGS: &str = r#"{"EventID":4768,"Channel":"Security","Computer":"DC01.hop.example","TimeCreated":"2026-11-20T08:00:00Z","TargetUserName":"PC07$","IpAddress":"10.1.4.7","Status":"0x0"}
{"EventID":4624,"Channel":"Security","Computer":"PC07.hop.example","TimeCreated":"2026-11-20T08:00:01Z","TargetUserName":"nurse-17","LogonType":"3","IpAddress":"10.1.4.9","WorkstationName":"PC09"}
{"_path":"conn","ts":1763625600.0,"id.orig_h":"10.1.4.7","id.orig_p":50000,"id.resp_h":"10.1.2.20","id.resp_p":1433,"proto":"tcp","conn_state":"SF"}
{"_path":"conn","ts":1763625601.0,"id.orig_h":"10.1.4.7","id.orig_p":50001,"id.resp_h":"10.1.2.20","id.resp_p":1433,"proto":"tcp","conn_state":"SF"}
{"_path":"conn","ts":1763625602.0,"id.orig_h":"10.1.4.7","id.orig_p":50002,"id.resp_h":"10.1.2.20","id.resp_p":1433,"proto":"tcp","conn_state":"SF"}
"#;
    const EXPORT: &str = "Nom;Adresse IP;Type;Système;Couleur\nDC01;10.1.2.10;Serveur;Windows Server 2022;gris\nSRV-LABO;10.1.2.20;Serveur;Windows Server 2019;bleu\n";

    fn drafted(logs: &str, export: Option<&[u8]>) -> Draft {
        let words = Words::load(&Content::embedded(), Lang::En, TimeZone::UTC).unwrap();
        let read = Box::new(std::io::Cursor::new(logs.as_bytes().to_vec()));
        let inputs = vec![Input::Stream { name: "logs.ndjson".into(), read }];
        draft(inputs, &Options::default(), export.map(<[u8]>::to_vec), &words).unwrap()
    }

    fn mistakes(draft: &Draft) -> Vec<String> {
        let file = |(name, text): &(&str, String)| MapFile {
            name: (*name).to_owned(),
            bytes: text.clone().into_bytes(),
        };
        let checked = hospital::check(draft.files.iter().map(file).collect());
        checked.errors.iter().map(|it| format!("{}:{} {:?}", it.file, it.line, it.message)).collect()
    }

    #[test]
    fn a_draft_is_sound_and_says_what_it_guesses() {
        let draft = drafted(LOGS, Some(EXPORT.as_bytes()));
        assert_eq!(mistakes(&draft), [] as [&str; 0]);
        let file = |name: &str| draft.files.iter().find(|it| it.0 == name).map(|it| it.1.as_str()).unwrap();
        assert!(
            file("assets.csv").contains("dc01,dc01,server,site-1,net-10-1-2,dc01"),
            "{}",
            file("assets.csv")
        );
        assert!(file("assets.toml").contains("on = [\"srv-labo\"]"), "{}", file("assets.toml"));
        assert!(file("assets.toml").contains("# guess:"));
        assert!(file("network.toml").contains("from = \"dc01\""), "{}", file("network.toml"));
        assert_eq!(draft.remarks.len(), 1, "the column Couleur is named: {:?}", draft.remarks);
    }

    #[test]
    fn an_export_of_random_bytes_never_panics() {
        let mut state = 7_u64;
        for _ in 0..300 {
            let mut bytes = b"Nom;IP;MAC\n".to_vec();
            for _ in 0..200 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                bytes.push((state >> 56) as u8);
            }
            assert_eq!(mistakes(&drafted("", Some(&bytes))), [] as [&str; 0]);
        }
    }
}
