//! What it costs to go on from what is known, against beginning from nothing: signals and chains after each hundred new
//! detections, some of them late.
//!
//! Prints the table of `docs/performance.md`. Invariant: both ways get the same detections, and what they give is
//! compared.

use std::error::Error;
use std::io;
use std::time::Instant;

use detect::{Detected, Engine, Growing, Rules, Settings, Signals, Spill, Surroundings, chains};
use evidence::{Event, Fields, Value};
use jiff::Timestamp;

/// New detections before each assessment, and how many assessments are timed.
const NEW: usize = 100;
const ROUNDS: usize = 20;

const KINDS: [(&str, u32, &str, &str); 4] = [
    ("failed", 4625, "low", "attack.credential-access, attack.t1110"),
    ("logon", 4624, "medium", "attack.lateral-movement, attack.t1021"),
    ("service", 7045, "high", "attack.persistence, attack.t1543.003"),
    ("cleared", 1102, "medium", "attack.defense-evasion, attack.t1070"),
];
const MANY: &str = "title: many\nid: many\nlevel: high\ntags: [attack.credential-access, attack.t1110]\n\
    correlation: {type: event_count, rules: [failed], group-by: [IpAddress], timespan: 10m, condition: {gte: 5}}\n";

fn main() -> Result<(), Box<dyn Error>> {
    let content = content::Content::embedded();
    let rules = KINDS.map(|(name, id, level, tags)| {
        format!(
            "title: {name}\nid: {name}\nname: {name}\nlevel: {level}\ntags: [{tags}]\nlogsource: {{product: windows, \
             service: security}}\ndetection: {{s: {{EventID: {id}}}, condition: s}}\n"
        )
    });
    let files = rules.iter().map(String::as_str).chain([MANY]).zip(0..);
    let rules = Rules::load(files.map(|(text, at)| (format!("{at}.yml"), text)));
    let engine = Engine::new(rules, Settings::read(|path| content.file(path))?);
    println!(
        "| Detections | Going on, ms | From nothing, ms | Chains | Began anew |\n|---:|---:|---:|---:|---:|"
    );
    for count in [5_000, 20_000, 80_000] {
        row(&engine, count)?;
    }
    Ok(())
}

fn row(engine: &Engine, count: usize) -> Result<(), Box<dyn Error>> {
    let around = Surroundings::unknown();
    let all = detections(engine, count + NEW * ROUNDS);
    let (known, new) = all.split_at(count);
    let mut growing = Growing::new(engine, &[], &[]);
    known.iter().for_each(|it| growing.push(it.clone()));
    growing.settle(engine, &around, Timestamp::MAX);
    let (before, begun) = (growing.begun_anew(), Instant::now());
    let mut grown = 0;
    for part in new.chunks(NEW) {
        part.iter().for_each(|it| growing.push(it.clone()));
        grown = growing.settle(engine, &around, Timestamp::MAX).1.len();
    }
    let going_on = begun.elapsed().as_secs_f64() * 1_000.0 / ROUNDS as f64;
    let begun = Instant::now();
    let mut signals =
        Signals::new(engine, all.len(), || Err::<Box<dyn Spill>, _>(io::ErrorKind::Other.into()));
    for it in &all {
        signals.push(it.clone())?;
    }
    let signals = signals.finish()?;
    let whole = chains(engine.settings(), &around, || signals.iter())?.len();
    let from_nothing = begun.elapsed().as_secs_f64() * 1_000.0;
    if whole != grown {
        return Err(format!("{grown} chains by going on, {whole} from nothing").into());
    }
    println!("| {count} | {going_on:.1} | {from_nothing:.1} | {whole} | {} |", growing.begun_anew() - before);
    Ok(())
}

/// Detections of a busy day in the order of their arrival: four a second on 300 hosts, some of them a minute late.
fn detections(engine: &Engine, count: usize) -> Vec<Detected> {
    let mut all = Vec::with_capacity(count);
    for at in 0..count {
        let (_, id, ..) = KINDS[[0, 0, 1, 0, 3, 0, 2, 0][at * 7 % 8]];
        let text = |name: &str, text: String| (name.into(), Value::Text(text));
        let late = if at % 9 == 0 { 60 } else { 0 };
        let mut event = Event {
            format: "windows",
            channel: Some("Security".to_owned()),
            event_id: Some(id),
            host: Some(format!("host-{}", at * 31 % 300)),
            time: Timestamp::from_second(1_700_000_000 + (at / 4) as i64 - late).ok(),
            fields: Fields(vec![
                text("TargetUserName", format!("user-{}", at * 17 % 900)),
                text("IpAddress", format!("192.0.2.{}", at * 13 % 200)),
                ("EventID".into(), Value::Integer(id.into())),
            ]),
            ..Event::default()
        };
        event.origin.record = at as u64;
        engine.judge(&event, &mut all);
    }
    all
}
