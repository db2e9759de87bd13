//! Every screen: found accessible by axe-core in light, dark, on a phone and at 200 % zoom, in both languages; light
//! to send; no script fails; a picture for a person to look at.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::house::House;
use crate::person::{Manner, Person, screens};

/// Bytes of a first view at most: page, style, script, icon, as sent.
const WEIGHT_MAX: u64 = 60 * 1024;

/// How a screen is looked at.
struct Window {
    /// Added to the picture's name.
    name: &'static str,
    width: u32,
    height: u32,
    dark: bool,
    /// The rules whose answer may differ from that of a window before; all of them, where none is named.
    rules: &'static [&'static str],
}

/// Desk and phone are judged in full: they show and hide different parts. The dark scheme changes colours alone, and
/// 200 % zoom of a desk (half its width) shows what a phone shows, in other sizes.
const WINDOWS: &[Window] = &[
    Window { name: "", width: 1280, height: 900, dark: false, rules: &[] },
    Window {
        name: "-dark",
        width: 1280,
        height: 900,
        dark: true,
        rules: &["color-contrast", "link-in-text-block"],
    },
    Window { name: "-phone", width: 390, height: 844, dark: false, rules: &[] },
    Window {
        name: "-zoom",
        width: 640,
        height: 450,
        dark: false,
        rules: &["target-size", "scrollable-region-focusable"],
    },
];

/// Screens of an incident: name of the picture, path under the incident.
const NIGHT: &[(&str, &str)] = &[
    ("night", ""),
    ("wall", "/wall"),
    ("situation", "/situation"),
    ("cut", "/cut"),
    ("wards", "/wards"),
    ("ward", "/wards/north-icu"),
    ("map", "/map"),
    ("timeline", "/timeline"),
    ("clocks", "/clocks"),
    ("notice", "/clocks/gdpr-authority"),
    ("tasks", "/tasks"),
    ("messages", "/messages"),
    ("restoration", "/restoration"),
    ("evidence", "/evidence"),
    ("log", "/log"),
    ("handover", "/handover"),
    ("duty", "/duty"),
];

/// Screens beside an incident.
const CALM: &[(&str, &str)] = &[
    ("declare", "/declare"),
    ("calm", "/calm"),
    ("search", "/search?q=*"),
    ("hospital", "/hospital"),
    ("map-calm", "/hospital/map"),
    ("history", "/hospital/history"),
    ("file", "/hospital/files/hospital.toml"),
    ("codes", "/hospital/ward-codes"),
    ("folder", "/folder"),
    ("people", "/people"),
    ("settings", "/settings"),
    ("audit", "/audit"),
    ("health", "/health"),
    ("rules", "/rules"),
    ("me", "/me"),
    ("api", "/api/docs"),
    ("ward-door", "/w"),
    ("login", "/login"),
];

#[tokio::test]
async fn every_screen_in_english_is_accessible_light_and_without_faults() {
    every_screen(false).await;
}

#[tokio::test]
async fn every_screen_in_french_is_accessible_light_and_without_faults() {
    every_screen(true).await;
}

async fn every_screen(french: bool) {
    let house = House::to_look_at().await;
    let person = Person::at_night(&house, Manner { french, ..Manner::default() }).await;
    let incident = person.incident().await;
    let language = if french { "fr" } else { "en" };
    assert_eq!(person.value("document.documentElement.lang").await, language);
    person.tell("Page.addScriptToEvaluateOnNewDocument", json!({ "source": axe() })).await;
    see_as(&person, "site-administrator").await;
    let mut found = Vec::new();
    for (name, path) in screens_asked(&incident) {
        person.go(&path).await;
        found.extend(weight(&person, &path).await);
        for window in WINDOWS {
            look_through(&person, window).await;
            found.extend(violations(&person, &path, window).await);
            found.extend(overflow(&person, &path, window.name).await);
            person.picture(&format!("{name}{}-{language}", window.name)).await;
        }
        person.no_faults().await;
    }
    person.leave().await;
    assert!(
        found.is_empty(),
        "{} faults; pictures in {}:\n{}",
        found.len(),
        screens().display(),
        found.join("\n")
    );
}

/// Looks through the eyes of another role, as the demonstration lets one do.
async fn see_as(person: &Person, role: &str) {
    person.choose("#seen-as", role).await;
    person.sees("#rooms a[href='/audit']", "").await;
}

/// All of them, or those that `REMPART_SCREEN` names with commas.
fn screens_asked(incident: &str) -> Vec<(&'static str, String)> {
    let asked = std::env::var("REMPART_SCREEN").unwrap_or_default();
    let night = NIGHT.iter().map(|(name, path)| (*name, format!("{incident}{path}")));
    let all = night.chain(CALM.iter().map(|(name, path)| (*name, (*path).to_owned())));
    all.filter(|(name, _)| asked.is_empty() || asked.split(',').any(|it| it == *name)).collect()
}

async fn look_through(person: &Person, window: &Window) {
    let metrics =
        json!({ "width": window.width, "height": window.height, "deviceScaleFactor": 1, "mobile": false });
    person.tell("Emulation.setDeviceMetricsOverride", metrics).await;
    let scheme = if window.dark { "dark" } else { "light" };
    let features = json!([{ "name": "prefers-color-scheme", "value": scheme }, { "name": "prefers-reduced-motion", "value": "reduce" }]);
    person.tell("Emulation.setEmulatedMedia", json!({ "features": features })).await;
}

/// Serious and critical violations of WCAG 2.2 A and AA.
async fn violations(person: &Person, path: &str, window: &Window) -> Vec<String> {
    let script = "
        const [rules, done] = arguments, tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
        const runOnly = rules.length ? { type: 'rule', values: rules } : tags;
        axe.run({ runOnly, resultTypes: ['violations'] })
            .then((found) => done(found.violations.filter((it) => it.impact === 'serious' || it.impact === 'critical')
                .map((it) => it.id + ': ' + it.nodes.slice(0, 4).map((node) => node.target.join(' ') + ' [' + node.any.concat(node.all).map((why) => why.message).join(' ').slice(0, 160) + ']').join(' | '))))
            .catch((error) => done(['axe: ' + error]));
    ";
    let found = person.driver.execute_async(script, vec![json!(window.rules)]).await.unwrap();
    let found: Vec<Value> = found.json().as_array().cloned().unwrap_or_default();
    found.iter().map(|it| format!("{path}{} {it}", window.name)).collect()
}

/// The script of axe-core: at the path in `REMPART_AXE`, else where `cargo xtask test` puts it.
fn axe() -> String {
    let own = || screens().with_file_name("axe").join("node_modules/axe-core/axe.min.js");
    let path = std::env::var_os("REMPART_AXE").map_or_else(own, PathBuf::from);
    std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; cargo xtask test brings it, or says how", path.display())
    })
}

/// A page that must be scrolled sideways is not usable on a phone.
async fn overflow(person: &Person, path: &str, window: &str) -> Option<String> {
    let wide =
        person.value("document.documentElement.scrollWidth - document.documentElement.clientWidth").await;
    (wide.as_i64() > Some(0)).then(|| format!("{path}{window} is {wide} pixels too wide"))
}

/// What the first view weighs.
async fn weight(person: &Person, path: &str) -> Option<String> {
    let sizes = "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .filter((it) => it.initiatorType !== 'other' && !it.name.endsWith('/events')).reduce((sum, it) => sum + it.encodedBodySize, 0)";
    let bytes = person.value(sizes).await.as_f64().unwrap_or(f64::INFINITY) as u64;
    (bytes > WEIGHT_MAX).then(|| format!("{path} weighs {bytes} bytes"))
}
