//! Events of evidence brought to a console are found again, and judged by rules that were not there when it came.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::faults::caller::{Caller, Serving, program};
use crate::{folder, run, text};

const LOG: &str = "\
Nov 21 02:10:00 srv-web-01 sshd[7]: Failed password for root from 192.0.2.7 port 22 ssh2
Nov 21 02:10:05 srv-web-01 sshd[7]: Accepted password for root from 192.0.2.7 port 22 ssh2
Nov 21 02:11:00 srv-lab-02 cron[9]: (root) CMD (run-parts /etc/cron.hourly)
";

const RULE: &str = "
title: Someone came in as root
id: 6f0c9a52-6f0a-4c3e-9d53-2f7f0f1e5a01
status: experimental
logsource: { product: linux, service: sshd }
detection:
    selection: [Accepted password for root]
    condition: selection
level: high
";

fn lines(output: &[u8]) -> Vec<Value> {
    String::from_utf8_lossy(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn hunt(data: &Path, more: &[&str]) -> (Option<i32>, Vec<Value>, String) {
    let output = run([&["hunt", "--data", text(data)], more].concat());
    (output.status.code(), lines(&output.stdout), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn bring(caller: &Caller, incident: &str, name: &str, log: &str) {
    let evidence = format!("/api/v1/incidents/{incident}/evidence");
    let (status, file) = caller.post(&evidence, None, &json!({ "name": name, "size": log.len() })).unwrap();
    assert_eq!(status, 201, "{file}");
    let file = format!("{evidence}/{}", file["id"].as_str().unwrap());
    assert_eq!(caller.put(&format!("{file}?offset=0"), log).unwrap().0, 200);
    let (status, told) = caller.post(&format!("{file}/finish"), None, &json!({})).unwrap();
    assert!(status < 300, "{told}");
}

#[test]
fn evidence_is_found_again_and_judged_by_new_rules() {
    let place = folder("hunt");
    let (data, rule) = (place.join("data"), place.join("rule.yml"));
    fs::write(&rule, RULE).unwrap();
    let (code, _, error) = hunt(&data, &["root"]);
    assert_eq!(code, Some(2), "{error}");
    assert!(error.contains("holds no events"), "{error}");

    let token = program(&data, &[]);
    let serving = Serving::start(&data, &[]);
    let caller = serving.caller(&token);
    let (_, all) = caller.get("/api/v1/accounts").unwrap();
    let grants = format!("/api/v1/accounts/{}/grants", all[0]["account"]["id"].as_str().unwrap());
    assert_eq!(caller.post(&grants, None, &json!({ "role": "responder" })).unwrap().0, 201);
    let (status, told) = caller.post("/api/v1/incidents", None, &json!({ "title": "night" })).unwrap();
    assert_eq!(status, 201, "{told}");
    bring(&caller, told["id"].as_str().unwrap(), "auth.log", LOG);
    let began = Instant::now();
    while hunt(&data, &[]).1.len() < 3 {
        assert!(began.elapsed().as_secs() < 60, "the events are not kept");
        std::thread::sleep(Duration::from_millis(200));
    }

    for (query, records) in [
        (&["root", "host:srv-web*"][..], &[1, 2][..]),
        (&["host:SRV-LAB-02"], &[3]),
        (&["not (host:srv-lab-02 or Failed)"], &[2]),
        (&["\"password for root\"", "--limit", "1"], &[1]),
        (&["root", "--since", "2100-01-01T00:00:00Z"], &[]),
        (&["nobody"], &[]),
    ] {
        let (code, found, error) = hunt(&data, query);
        let said: Vec<u64> = found.iter().map(|it| it["record"].as_u64().unwrap()).collect();
        assert_eq!(said, records, "{query:?}: {error}");
        assert_eq!(code, Some(i32::from(!records.is_empty())), "{query:?}");
    }
    let (_, found, _) = hunt(&data, &["Accepted"]);
    assert_eq!(found[0]["host"], "srv-web-01");
    assert_eq!(found[0]["fields"]["src_ip"], "192.0.2.7");

    let (code, signals, error) = hunt(&data, &["--rules", text(&rule)]);
    assert_eq!(code, Some(1), "{error}");
    assert_eq!(signals.len(), 1, "{signals:?}");
    assert_eq!(signals[0]["title"], "Someone came in as root");
    assert_eq!(signals[0]["source"]["record"], 2);
    assert!(signals[0].get("because").is_none());
    let (_, signals, error) = hunt(&data, &["--rules", text(&rule), "--explain"]);
    let because = &signals[0]["because"];
    assert_eq!(
        (&because["holds"], &because["selection"]["name"]),
        (&json!(true), &json!("selection")),
        "{error}"
    );
    let test = &because["selection"]["of"]["test"];
    assert_eq!((&test["test"], &test["value"]), (&json!("contains"), &json!("accepted password for root")));
    assert!(test["found"].as_str().unwrap().contains("Accepted password for root from 192.0.2.7"), "{test}");

    let (code, _, error) = hunt(&data, &["(root"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("is not closed: add )"), "{error}");
}
