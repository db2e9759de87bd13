//! Loading and judging: what fires on what, and only there.

use detect::{Level, Rules};

use crate::{engine, event, fired};

const WHOAMI: &str = "
title: Who am I
id: whoami
logsource: {product: windows, category: process_creation}
detection: {selection: {Image|endswith: '\\whoami.exe'}, condition: selection}
level: low
tags: [attack.discovery, attack.t1033]
";
const ANY_CATEGORY: &str = "
title: Any process
id: any-process
logsource: {category: process_creation}
detection: {selection: {CommandLine|contains: '/all'}, condition: selection}
";
const SYSMON: &str = "
title: Sysmon only
id: sysmon-only
logsource: {product: windows, service: sysmon}
detection: {selection: {EventID: 1}, condition: selection}
";
const SECURITY: &str = "
title: Failed logon
id: failed-logon
logsource: {product: windows, service: security}
detection: {selection: {EventID: 4625}, condition: selection}
";
const WEB: &str = "
title: Traversal
id: traversal
logsource: {category: webserver}
detection: {selection: {cs-uri-query|contains: '../'}, condition: selection}
";
const KEYWORDS: &str = "
title: Root shell
id: root-shell
logsource: {product: linux, service: auth}
detection: {keywords: ['session opened for user root'], condition: keywords}
";
const ZEEK: &str = "
title: Remote service
id: zeek-dcerpc
logsource: {product: zeek, service: dce_rpc}
detection: {selection: {operation: CreateServiceW}, condition: selection}
";
const UNROUTED: &str = "
title: Nobody writes this
id: unrouted
logsource: {product: toaster}
detection: {selection: {EventID: 1}, condition: selection}
";

const SYSMON_1: &str = "windows Microsoft-Windows-Sysmon/Operational 1 ws1 | Image=C:\\Windows\\System32\\whoami.exe | CommandLine=whoami /all";
const SECURITY_4688: &str =
    "windows Security 4688 ws1 | NewProcessName=C:\\Windows\\System32\\whoami.exe | CommandLine=whoami /all";

#[test]
fn rules_fire_on_the_events_of_their_log_source_only() {
    let engine = engine(&[WHOAMI, ANY_CATEGORY, SYSMON, SECURITY, WEB, KEYWORDS, ZEEK, UNROUTED]);
    let cases: &[(&str, &[&str])] = &[
        (SYSMON_1, &["whoami", "any-process", "sysmon-only"]),
        (SECURITY_4688, &["whoami", "any-process"]),
        ("windows Security 1 ws1 | Image=C:\\whoami.exe | CommandLine=x /all", &[]),
        ("windows Security 4625 dc1 | TargetUserName=x", &["failed-logon"]),
        ("windows security 4625 dc1", &["failed-logon"]),
        ("windows System 4625 dc1", &[]),
        ("windows - 4625 dc1 | provider=Microsoft-Windows-Security-Auditing", &["failed-logon"]),
        ("webserver - - www | cs-uri-query=f=../../etc", &["traversal"]),
        ("webserver - - www | cs-uri-query=f=etc", &[]),
        ("json - - www | cs-uri-query=../", &[]),
        ("syslog authpriv - l1 | >sshd: session opened for user root", &["root-shell"]),
        ("syslog daemon - l1 | provider=sudo | >sudo: session opened for user root", &["root-shell"]),
        ("syslog daemon - l1 | provider=app | >session opened for user root", &[]),
        ("zeek dce_rpc - z | operation=CreateServiceW", &["zeek-dcerpc"]),
        ("zeek conn - z | operation=CreateServiceW", &[]),
        ("json toaster 1 t", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(fired(&engine, &event(text)), *expected, "{text}");
    }
}

#[test]
fn a_signal_carries_its_rule_and_its_keys() {
    let engine = engine(&[WHOAMI]);
    let text = format!(
        "{SYSMON_1} | User=CHU\\Nurse-17 | ProcessGuid={{ABC-1}} | ParentProcessGuid={{ABC-0}} | LogonId=0x3FF | SourceIp=::ffff:10.1.2.3 | DestinationHostname=srv-1"
    );
    let mut out = Vec::new();
    engine.judge(&event(&text), &mut out);
    let signal = &out[0].signal;
    assert_eq!((&*signal.title, signal.level), ("Who am I", Level::Low));
    assert_eq!(
        (&*signal.techniques, &*signal.tactics),
        (&["T1033".to_owned()][..], &["discovery".to_owned()][..])
    );
    let keys = &signal.keys;
    assert_eq!(keys.users, ["nurse-17"]);
    assert_eq!(keys.processes, ["{abc-1}", "{abc-0}"]);
    assert_eq!(keys.logons, ["ws1/1023"]);
    assert_eq!(keys.addresses, ["10.1.2.3".parse::<std::net::IpAddr>().unwrap()]);
    assert_eq!(keys.targets, ["srv-1"]);
}

#[test]
fn what_cannot_be_used_is_refused_by_name() {
    let bad_regex =
        WHOAMI.replace("Image|endswith: '\\whoami.exe'", "Image|re: '((('").replace("id: whoami", "id: r");
    let huge_regex =
        WHOAMI.replace("Image|endswith: '\\whoami.exe'", "Image|re: '(((a{1000}){1000}){1000})'");
    let dangling = "title: c\nid: c\ncorrelation: {type: event_count, rules: [nowhere], timespan: 5m, condition: {gte: 2}}\n";
    let cyclic = "title: d\nid: d\ncorrelation: {type: temporal, rules: [e], timespan: 5m}\n---\ntitle: e\nid: e\ncorrelation: {type: temporal, rules: [d], timespan: 5m}\n";
    let half = format!("{SECURITY}---\ntitle: no detection\n");
    let same_id = KEYWORDS.replace("id: root-shell", "id: failed-logon");
    assert_ne!(same_id, KEYWORDS);
    let files: Vec<(&str, &[u8])> = vec![
        ("same-id.yml", same_id.as_bytes()),
        ("regex.yml", bad_regex.as_bytes()),
        ("huge.yml", huge_regex.as_bytes()),
        ("dangling.yml", dangling.as_bytes()),
        ("cyclic.yml", cyclic.as_bytes()),
        ("half.yml", half.as_bytes()),
        ("binary.yml", b"\xff\xfe\x00"),
        ("broken.yml", b"title: [\n  oops"),
        ("README.md", b"not a rule"),
        (
            "level.yml",
            b"title: l\nid: l\nlogsource: {product: linux}\ndetection: {a: [x], condition: a}\nlevel: huge\n",
        ),
    ];
    let rules = Rules::load(files);
    let refused: Vec<&str> = rules.refused().iter().map(|it| it.path.as_str()).collect();
    assert_eq!(
        refused,
        [
            "regex.yml",
            "huge.yml",
            "half.yml",
            "same-id.yml",
            "binary.yml",
            "broken.yml",
            "cyclic.yml",
            "cyclic.yml",
            "dangling.yml"
        ]
    );
    assert_eq!(rules.facts().map(|it| &*it.id).collect::<Vec<_>>(), ["failed-logon", "l"]);
    assert!(rules.refused().iter().all(|it| !it.reason.is_empty()));
}

#[test]
fn a_later_rule_of_the_same_id_takes_the_place_and_filters_narrow() {
    let louder = WHOAMI.replace("level: low", "level: critical");
    let filter = "
title: Not on the kiosk
logsource: {product: windows, category: process_creation}
filter: {rules: [whoami], selection: {Computer: kiosk}, condition: not selection}
";
    let engine = engine(&[WHOAMI, SECURITY, &louder, filter]);
    assert_eq!(
        engine.facts().map(|it| (&*it.id, it.level)).collect::<Vec<_>>(),
        [("whoami", Level::Critical), ("failed-logon", Level::Medium)]
    );
    assert_eq!(fired(&engine, &event(SYSMON_1)), ["whoami"]);
    assert!(fired(&engine, &event(&format!("{SYSMON_1} | Computer=kiosk"))).is_empty());
}

#[test]
fn a_catastrophic_expression_costs_nothing_much() {
    let rule = WHOAMI.replace("Image|endswith: '\\whoami.exe'", "CommandLine|re: '^(a+)+$'");
    let engine = engine(&[&rule]);
    let text = format!("windows Security 4688 ws1 | CommandLine={}!", "a".repeat(100_000));
    let start = std::time::Instant::now();
    assert!(fired(&engine, &event(&text)).is_empty());
    assert!(start.elapsed().as_secs() < 10);
}

/// One reading of 61 is measured, so whole rounds of 61 are told exactly.
#[test]
fn what_a_rule_costs_is_told_of_rules_that_were_looked_at() {
    let engine = engine(&[WHOAMI, SYSMON, KEYWORDS]);
    assert!(engine.costs().all(|(_, cost)| cost == detect::Cost::default()));
    let event = event(SYSMON_1);
    // A thread of its own begins to count at nothing.
    std::thread::scope(|scope| {
        scope.spawn(|| (0..61).for_each(|_| engine.judge(&event, &mut Vec::new())));
    });
    let looked = |id: &str| engine.costs().find(|it| &*it.0.id == id).map(|it| it.1.looked);
    // Two log sources read the event: of 122 readings, 2 are measured, one of each.
    assert_eq!(
        (looked("whoami"), looked("sysmon-only"), looked("root-shell")),
        (Some(61), Some(61), Some(0))
    );
    assert!(engine.shared_cost() > std::time::Duration::ZERO);
}
