//! Chains as rows, each with its sentence.

use detect::{Stance, short_host};
use hospital::Map;

use crate::assessment::{Chain, ChainAsset};
use crate::findings::Seen;
use crate::words::Words;

/// Chains for people, with what their signals say; `titles` are those that explain stances, by place.
pub(crate) fn rows(
    chains: &[detect::Chain],
    seen: &Seen,
    titles: &impl Fn(u64) -> Option<String>,
    map: Option<&Map>,
    words: &Words,
) -> Vec<Chain> {
    let asset = |asset: &detect::ChainAsset| ChainAsset {
        id: asset.asset.and_then(|node| Some(map?.id(node).to_owned())),
        host: asset.host.clone(),
        stance: asset.stance,
        since: asset.since,
        why: titles(asset.why).unwrap_or_default(),
        unproven: seen.is_unproven(asset),
    };
    let row = |chain: &detect::Chain| Chain {
        id: chain.id.clone(),
        start: chain.start,
        end: chain.end,
        tactics: chain.tactics.clone(),
        score: chain.score,
        sentence: sentence(chain, map, words),
        signals: chain.signals.clone(),
        assets: chain.assets.iter().map(asset).collect(),
    };
    chains.iter().map(row).collect()
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
