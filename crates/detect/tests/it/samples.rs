//! What the public rules say of public logs.

use std::path::PathBuf;

use detect::{Engine, Ordered, Rules, Signal, Signals, Spill, Surroundings, chains};
use evidence::{Input, Options};

use crate::public::{public_rules, samples};
use crate::settings;

#[test]
fn at_least_99_in_100_public_rules_load() {
    let Some(files) = public_rules() else { return };
    let total = files.iter().filter(|(path, _)| path.ends_with(".yml")).count();
    let start = std::time::Instant::now();
    let rules = Rules::load(files);
    let loaded = start.elapsed();
    let (count, refused) = (rules.loaded(), rules.refused().to_vec());
    let engine = Engine::new(rules, settings());
    println!(
        "{count} of {total} loaded in {loaded:?}, engine in {:?}; refused: {refused:?}",
        start.elapsed() - loaded
    );
    assert_eq!(engine.facts().count(), count);
    assert!(count * 100 >= total * 99, "{count} of {total}; refused: {refused:?}");
}

/// Judges every sample log with the public rules; the signals in order.
fn sample_signals(engine: &Engine, folder: PathBuf) -> Ordered<'_> {
    let mut signals = Signals::new(engine, 100_000, || {
        Ok(Box::new(std::io::Cursor::new(Vec::<u8>::new())) as Box<dyn Spill>)
    });
    let start = std::time::Instant::now();
    let report = evidence::read(
        vec![Input::Path(folder)],
        &Options::default(),
        |event, out| engine.judge(event, out),
        |it| signals.push(it).unwrap(),
    );
    println!("{} events in {:?}", report.events, start.elapsed());
    signals.finish().unwrap()
}

#[test]
fn real_attacks_give_sensible_chains() {
    let (Some(files), Some(folder)) = (public_rules(), samples()) else { return };
    let engine = Engine::new(Rules::load(files), settings());
    let ordered = sample_signals(&engine, folder.join("evtx"));
    let start = std::time::Instant::now();
    let chains = chains(&settings(), &Surroundings::unknown(), || ordered.iter()).unwrap();
    println!("{} signals, {} chains in {:?}", ordered.len(), chains.len(), start.elapsed());
    let all: Vec<Signal> = ordered.iter().map(|it| it.unwrap()).collect();
    for chain in &chains {
        println!(
            "{} score {} {:?}..{:?} {} signals {} rules {:?} {:?} users {:?} addresses {:?}",
            chain.id,
            chain.score,
            chain.start,
            chain.end,
            chain.signals.len(),
            chain.rules,
            chain.worst,
            chain.tactics,
            chain.users,
            chain.addresses
        );
        for asset in &chain.assets {
            println!(
                "    {} {:?} since {:?} because of {}",
                asset.host, asset.stance, asset.since, all[asset.why as usize].title
            );
        }
        let mut lines: Vec<String> = chain
            .signals
            .iter()
            .map(|it| &all[*it as usize])
            .map(|it| format!("{:?} {} {} {}", it.level, it.title, it.source.path, it.techniques.join(",")))
            .collect();
        lines.dedup();
        for line in lines.iter().take(12) {
            println!("        {line}");
        }
    }
    assert!(!chains.is_empty());
}
