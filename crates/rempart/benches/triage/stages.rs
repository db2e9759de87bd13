//! The stages of the ransomware night, one after the other, in this process.
//!
//! Invariant: each stage does what `assess::triage` does, on the same values; `whole` is that function itself.

use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use assess::{Assessment, Request, SignalList};
use content::Content;
use detect::{Chain, Detected, Ordered, SIGNALS_HELD_MAX, Signals, Spill, Stance, Surroundings};
use evidence::Input;
use govern::Facts;
use hospital::{
    Binder, Bound, Closures, Effect, Impact, Kind, LeverId, Loss, Map, NodeId, Scenario, Situation, Wiring,
};
use jiff::Timestamp;
use report::{Page, Terminal};

use crate::best;
use crate::days::Days;
use crate::load::{self, Loaded};

/// How far ahead price and danger count, in seconds: the command's default.
const HORIZON: u64 = 86_400;

/// Prints the table of stages.
pub(crate) fn night(days: &Days, loaded: &Loaded) -> Result<(), Box<dyn Error>> {
    println!("\n### Stages of the ransomware night, every format\n\n| Stage | ms | What |\n|---|---:|---|");
    let map = &days.map;
    let inputs = || vec![Input::Path(days.day(0))];
    let content = Content::embedded();
    let (built, took) = best(|| load::engine(&content));
    line("load rules", took, format!("{} of our own, compiled", built?.facts().count()));
    let (made, took) = best(|| hospital::check(demo::map_files()).map);
    line("load map", took, format!("{} nodes", made.map_or(0, |map| map.nodes.len())));
    let (report, reading) = best(|| loaded.read(inputs(), |_, _: &mut Vec<()>| {}, |()| {}));
    line("read", reading, format!("{} events, {:.0} MB", report.events, report.bytes as f64 / 1e6));
    let mut found = Vec::new();
    let engine = &loaded.engine;
    let (_, took) = best(|| {
        found.clear();
        let judge = |event: &evidence::Event, out: &mut Vec<(Detected, Vec<IpAddr>)>| {
            let mut detected = Vec::new();
            engine.judge(event, &mut detected);
            out.extend(detected.into_iter().map(|it| (it, event.addresses.to_vec())));
        };
        loaded.read(inputs(), judge, |it| found.push(it))
    });
    line("judge", took.saturating_sub(reading), "reading and judging, less reading".into());
    bind(map, &mut found);
    let (ordered, took) = best(|| ordered(loaded, &found));
    let ordered = ordered?;
    line("order, correlate", took, format!("{} signals", ordered.len()));
    let (weights, took) = best(|| weights(map));
    line("weigh assets", took, "the care that falls with each node, for the scores of chains".into());
    let (chains, took) = best(|| chains(map, loaded, &ordered, &weights));
    let chains = chains?;
    line("chains", took, format!("{} chains", chains.len()));
    let now = ordered.iter().filter_map(|it| it.ok()?.time).max().unwrap_or(loaded.clock);
    decisions(map, &chains, now);
    faces(days, loaded)
}

fn line(stage: &str, took: Duration, what: String) {
    println!("| {stage} | {:.2} | {what} |", took.as_secs_f64() * 1_000.0);
}

fn bind(map: &Map, found: &mut [(Detected, Vec<IpAddr>)]) {
    let (binder, took) = best(|| Binder::new(map));
    line("index of names", took, "once a map".into());
    let (bound, took) = best(|| {
        let mut bound = 0_u64;
        for (detected, addresses) in found.iter_mut() {
            let hosts: Vec<&str> = detected.signal.host.as_deref().into_iter().collect();
            if let Bound::Asset(node) = binder.bind(&hosts, addresses, &[]) {
                detected.signal.asset = Some(node);
                bound += 1;
            }
        }
        bound
    });
    line("bind", took, format!("{bound} of {} detections bound to an asset", found.len()));
}

fn ordered<'e>(loaded: &'e Loaded, found: &[(Detected, Vec<IpAddr>)]) -> io::Result<Ordered<'e>> {
    let mut signals = Signals::new(&loaded.engine, SIGNALS_HELD_MAX, spill);
    for (detected, _) in found {
        signals.push(detected.clone())?;
    }
    signals.finish()
}

fn spill() -> io::Result<Box<dyn Spill>> {
    Ok(Box::new(tempfile::tempfile()?))
}

fn weights(map: &Map) -> Vec<u32> {
    let wiring = Wiring::new(map);
    let mut impact = Impact::new(&wiring);
    let care: BTreeMap<NodeId, u32> = map.care().map(|(node, _, care)| (node, care.weight)).collect();
    let alone = |node| {
        let loss = Loss { node, at: Timestamp::UNIX_EPOCH, how: Effect::Stops };
        impact.work_out(&wiring, &[loss], &Closures::default(), None);
        impact.failed().iter().filter_map(|failed| care.get(failed)).sum()
    };
    map.all().map(|(node, _)| node).map(alone).collect()
}

fn chains(map: &Map, loaded: &Loaded, ordered: &Ordered<'_>, weights: &[u32]) -> io::Result<Vec<Chain>> {
    let binder = Binder::new(map);
    let one = |bound| match bound {
        Bound::Asset(node) => Some(node),
        _ => None,
    };
    let host = |name: &str| one(binder.bind(&[name], &[], &[]));
    let address = |ip: IpAddr| one(binder.bind::<&str>(&[], &[ip], &[]));
    let weight = |node: NodeId| weights[node.index()];
    let trusted = |_: Timestamp| true;
    let around = Surroundings { host: &host, address: &address, weight: &weight, trusted: &trusted };
    detect::chains(loaded.engine.settings(), &around, || ordered.iter())
}

/// Impact, containment and restoration, from the worst stance of each asset.
fn decisions(map: &Map, chains: &[Chain], now: Timestamp) {
    let mut worst: BTreeMap<NodeId, (Stance, Timestamp)> = BTreeMap::new();
    for asset in chains.iter().flat_map(|chain| &chain.assets) {
        let Some(node) = asset.asset else { continue };
        let seen = (asset.stance, asset.since.unwrap_or(now).min(now));
        let kept = worst.entry(node).or_insert(seen);
        *kept = if seen.0 > kept.0 { seen } else { *kept };
    }
    let with = |stance| worst.iter().filter(move |(_, seen)| seen.0 == stance);
    let loss =
        |(node, seen): (&NodeId, &(Stance, Timestamp))| Loss { node: *node, at: seen.1, how: Effect::Stops };
    let lost: Vec<Loss> = with(Stance::Lost).map(loss).collect();
    let compromised: Vec<NodeId> = with(Stance::Compromised).map(|(node, _)| *node).collect();
    let first = lost.iter().map(|it| it.at).chain(with(Stance::Compromised).map(|it| it.1.1)).min();

    let (impact, took) = best(|| Wiring::new(map).impact(&lost, &Closures::of(map, now), None));
    let care =
        impact.failed().into_iter().filter(|node| matches!(map.node(*node).kind, Kind::CareService(_)));
    line("impact", took, format!("{} assets lost, {} care services fail", lost.len(), care.count()));
    let scenario = Scenario { percent: 100, compromised: compromised.clone() };
    let situation = Situation::new(map, now, HORIZON, map.spread, lost.clone(), vec![scenario]);
    let levers: Vec<LeverId> = (0..map.levers.len()).map(|place| LeverId(place as u32)).collect();
    let (options, took) = best(|| respond::options(&situation, &levers));
    line("containment", took, format!("{} levers, {} options", levers.len(), options.front.len()));
    let question = recover::Question {
        map,
        now,
        end: situation.end(),
        losses: &lost,
        compromise: first,
        running: &compromised,
        marks: &[],
        evaluations: recover::EVALUATIONS,
        seed: 1,
    };
    let (plan, took) = best(|| recover::plan(&question));
    line(
        "restoration plan",
        took,
        format!("{} steps, {} orders tried", plan.steps.len(), recover::EVALUATIONS),
    );
}

/// Every face of the assessment, and the whole for comparison.
fn faces(days: &Days, loaded: &Loaded) -> Result<(), Box<dyn Error>> {
    let (assessment, whole) = best(|| assessment(days, loaded));
    let (assessment, signals) = assessment?.split();
    let (map, words) = (Some(&days.map), &loaded.words);
    let notes = BTreeMap::new();
    let page = Page { assessment: &assessment, signals: &signals, map, words, appendix: true, notes: &notes };
    let (html, took) = best(|| report::html(page));
    line("report.html", took, format!("{:.0} kB", html?.len() as f64 / 1e3));
    let (json, took) = best(|| serde_json::to_vec_pretty(&assessment.clone().with(&signals)));
    line("assessment.json", took, format!("{:.0} kB", json?.len() as f64 / 1e3));
    let (tables, took) = best(|| {
        let (mut lines, mut timeline) = (Vec::new(), Vec::new());
        report::signals_csv(&signals, &mut lines)
            .and_then(|()| report::timeline_csv(&signals, &mut timeline))
            .map(|()| lines.len() + timeline.len())
    });
    line("tables", took, format!("{:.0} kB", tables? as f64 / 1e3));
    let (text, took) =
        best(|| report::terminal(&assessment, map, words, Terminal { width: 80, colour: false }));
    line("screen", took, format!("{} lines", text.lines().count()));
    line("whole assessment", whole, "from evidence to the value that faces show".into());
    Ok(())
}

fn assessment<'e>(days: &'e Days, loaded: &'e Loaded) -> io::Result<Assessment<SignalList<'e>>> {
    let request = Request {
        map: Some(&days.map),
        engine: &loaded.engine,
        refused: Vec::new(),
        obligations: &loaded.obligations,
        now: None,
        clock: loaded.clock,
        aware: None,
        facts: Facts::default(),
        horizon: HORIZON,
        people: assess::People::default(),
    };
    assess::triage(vec![Input::Path(days.day(0))], &loaded.options(), request, &loaded.words, spill)
}
