//! Chains as rows, each with its sentence.

use std::io;

use detect::{Ordered, Stance, short_host};
use hospital::Map;

use crate::assessment::{Chain, ChainAsset};
use crate::words::Words;

/// Chains for people; the titles that explain stances are found in one pass over the signals.
///
/// # Errors
/// When the signals cannot be read back.
pub(crate) fn rows(
    chains: &[detect::Chain],
    signals: &Ordered<'_>,
    map: Option<&Map>,
    words: &Words,
) -> io::Result<(Vec<Chain>, Vec<String>)> {
    let mut asked: Vec<u64> =
        chains.iter().flat_map(|chain| chain.assets.iter().map(|asset| asset.why)).collect();
    asked.sort_unstable();
    asked.dedup();
    let mut chained: Vec<u64> = chains.iter().flat_map(|chain| chain.signals.iter().copied()).collect();
    chained.sort_unstable();
    let mut titles = std::collections::BTreeMap::new();
    let mut techniques: Vec<String> = Vec::new();
    for (place, signal) in (0_u64..).zip(signals.iter()) {
        let signal = signal?;
        if chained.binary_search(&place).is_ok() {
            let new =
                signal.techniques.iter().filter(|it| !techniques.contains(it)).cloned().collect::<Vec<_>>();
            techniques.extend(new);
        }
        if asked.binary_search(&place).is_ok() {
            titles.insert(place, signal.title.to_string());
        }
    }
    techniques.sort();
    let rows = chains.iter().map(|chain| Chain {
        id: chain.id.clone(),
        start: chain.start,
        end: chain.end,
        tactics: chain.tactics.clone(),
        score: chain.score,
        sentence: sentence(chain, map, words),
        signals: chain.signals.clone(),
        assets: chain
            .assets
            .iter()
            .map(|asset| ChainAsset {
                id: asset.asset.and_then(|node| Some(map?.id(node).to_owned())),
                host: asset.host.clone(),
                stance: asset.stance,
                since: asset.since,
                why: titles.get(&asset.why).cloned().unwrap_or_default(),
            })
            .collect(),
    });
    Ok((rows.collect(), techniques))
}

/// When, where it began, through what, and what it came to; it names no account.
fn sentence(chain: &detect::Chain, map: Option<&Map>, words: &Words) -> String {
    let name = |asset: &detect::ChainAsset| match (asset.asset, map) {
        (Some(node), Some(map)) => map.node(node).name.clone(),
        _ => asset.host.clone(),
    };
    let count = |stance| chain.assets.iter().filter(|asset| asset.stance == stance).count();
    let (lost, compromised) = (count(Stance::Lost), count(Stance::Compromised));
    let seen = chain.entry.as_deref();
    let first =
        chain.assets.iter().find(|asset| seen.is_none_or(|host| short_host(&asset.host) == short_host(host)));
    let entry = first.map(name).or(chain.entry.clone()).unwrap_or_else(|| words.say("unknown"));
    let hosts = u64::from(chain.hosts).max(chain.assets.len() as u64);
    let when = match (chain.start, chain.end) {
        (Some(start), Some(end)) if start == end => words.day_hour(start),
        (Some(start), Some(end)) => words.say_with(
            "chain-when",
            &[("start", words.day_hour(start).into()), ("end", words.day_hour(end).into())],
        ),
        _ => words.say("chain-no-time"),
    };
    let path: Vec<String> =
        chain.tactics.iter().map(|tactic| words.say(&format!("tactic-{tactic}")).to_lowercase()).collect();
    let outcome = match (lost, compromised) {
        (0, 0) => words.say("chain-touched"),
        (0, _) => words.say_with("chain-compromised", &[("count", compromised.into())]),
        (_, 0) => words.say_with("chain-lost", &[("count", lost.into())]),
        _ => words.say_with("chain-both", &[("lost", lost.into()), ("compromised", compromised.into())]),
    };
    words.say_with(
        "chain-sentence",
        &[
            ("when", when.into()),
            ("entry", entry.into()),
            ("path", path.join(" → ").into()),
            ("hosts", hosts.into()),
            ("rules", u64::from(chain.rules).into()),
            ("outcome", outcome.into()),
        ],
    )
}
