//! Evidence is an attacker's text: every payload in every field, out through every face.

use std::path::Path;

use serde_json::json;

use crate::{folder, run, text};

const PAYLOADS: &[&str] = &[
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "\u{9b}31m\u{85}\u{7f}",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "</style></title><svg onload=alert(1)>",
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "invoice\u{202e}fdp.exe\u{2066}",
    "a\nForged line: all is well",
    "{{7*7}}${7*7}%s%n",
];

/// Three rules that fire on anything, titled with the payload.
fn rules(payload: &str) -> String {
    let quoted = quoted(payload);
    let tactics = ["initial-access", "lateral-movement", "impact"];
    let rule = |place: usize| {
        format!(
            "title: {quoted}\nid: {}\nlevel: critical\ntags: [attack.{}, attack.t1486]\n\
             logsource: {{product: windows}}\ndetection: {{s: {{EventID: {}}}, condition: s}}\n",
            self::quoted(&format!("{payload}{place}")),
            tactics[place],
            4_240 + place
        )
    };
    [rule(0), rule(1), rule(2)].join("---\n")
}

/// A text as YAML takes any: all but letters escaped.
fn quoted(text: &str) -> String {
    let plain = |it: char| it.is_ascii_graphic() && !matches!(it, '"' | '\\');
    let escaped =
        text.chars().map(|it| if plain(it) { it.to_string() } else { format!("\\u{:04x}", it as u32) });
    format!("\"{}\"", escaped.collect::<String>())
}

/// Events with the payload in every field that is text.
fn events(payload: &str) -> String {
    let event = |place: usize| {
        json!({
            "@timestamp": format!("2026-11-25T02:1{place}:00Z"),
            "event": { "code": format!("{}", 4_240 + place), "provider": payload, "action": payload },
            "host": { "name": payload, "ip": payload },
            "user": { "name": payload, "domain": payload },
            "message": payload,
            "winlog": {
                "channel": "Security", "provider_name": payload, "computer_name": payload,
                "event_id": format!("{}", 4_240 + place),
                "event_data": {
                    "Image": payload, "CommandLine": payload, "ParentImage": payload, "TargetUserName": payload,
                    "SubjectUserName": payload, "IpAddress": payload, "WorkstationName": payload, payload: payload,
                },
            },
        })
    };
    (0..3).map(|place| format!("{}\n", event(place))).collect()
}

#[test]
fn no_payload_lives_in_any_face() {
    for (place, payload) in PAYLOADS.iter().enumerate() {
        let folder = folder(&format!("hostile-{place}"));
        let (evidence, rules, out) = (folder.join("evidence"), folder.join("rules"), folder.join("out"));
        std::fs::create_dir_all(&evidence).unwrap();
        std::fs::create_dir_all(&rules).unwrap();
        std::fs::write(evidence.join(payload.replace('/', "_")), events(payload)).unwrap();
        std::fs::write(rules.join("hostile.yml"), self::rules(payload)).unwrap();
        let args = ["triage", text(&evidence), "--rules", text(&rules), "--only-rules", "--out", text(&out)];
        let output = run(args);
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{payload:?}: {}", String::from_utf8_lossy(&output.stderr));
        harmless_on_a_terminal(payload, &said);
        for draft in std::fs::read_dir(out.join("drafts")).unwrap() {
            harmless_on_a_terminal(payload, &std::fs::read_to_string(draft.unwrap().path()).unwrap());
        }
        harmless_in_a_browser(payload, &std::fs::read_to_string(out.join("report.html")).unwrap());
        harmless_in_a_sheet(payload, &out.join("signals.csv"));
        harmless_in_a_sheet(payload, &out.join("timeline.csv"));
        let kept: serde_json::Value =
            serde_json::from_slice(&std::fs::read(out.join("assessment.json")).unwrap()).unwrap();
        assert_eq!(kept["signals"].as_array().unwrap().len(), 3, "{payload:?}");
        assert_eq!(kept["signals"][0]["title"], *payload);
    }
}

fn harmless_on_a_terminal(payload: &str, said: &str) {
    let raw = said.chars().find(|it| {
        (it.is_control() && *it != '\n')
            || matches!(it, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    });
    assert_eq!(raw, None, "{payload:?} reaches the terminal:\n{said:?}");
    assert!(!said.lines().any(|line| line.starts_with("Forged")), "{payload:?} forges a line");
}

fn harmless_in_a_browser(payload: &str, html: &str) {
    for live in ["<script", "<img", "<svg onload", "onerror=alert(1)>", "</style></title>"] {
        assert!(!html.contains(live), "{payload:?} lives in the report as {live}");
    }
    let raw = html.chars().find(|it| {
        (it.is_control() && !matches!(it, '\n' | '\t' | '\r'))
            || matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    });
    assert_eq!(raw, None, "{payload:?} is raw in the report");
}

fn harmless_in_a_sheet(payload: &str, path: &Path) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(|it| it.unwrap()).collect();
    assert_eq!(rows.len(), 3, "{payload:?} changes the number of rows");
    for cell in rows.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{payload:?} is a formula: {cell:?}");
    }
}
