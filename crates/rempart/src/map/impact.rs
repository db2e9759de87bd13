//! `rempart map impact`: which care degrades or stops, when, and why.

use hospital::{Closures, Kind, Wiring};
use serde_json::json;

use super::{load, loss, now};
use crate::args::{Format, ImpactArgs};
use crate::exit::{DONE, Failure};
use crate::screen;

pub(super) fn impact(args: &ImpactArgs) -> Result<u8, Failure> {
    let map = load(&args.map, args.lang, None)?;
    let now = now(args.now);
    let losses = args.lost.iter().map(|text| loss(&map, text, now)).collect::<Result<Vec<_>, _>>()?;
    let wiring = Wiring::new(&map);
    let impact = wiring.impact(&losses, &Closures::of(&map, now), args.back);
    if args.format == Format::Json {
        let ids =
            |nodes: Vec<hospital::NodeId>| nodes.into_iter().map(|node| map.id(node)).collect::<Vec<_>>();
        let nodes: Vec<_> = impact
            .failed()
            .into_iter()
            .map(|node| {
                json!({
                    "id": map.id(node), "degrades_at": impact.degrades_at(node), "stops_at": impact.stops_at(node),
                    "because": ids(impact.because(node)),
                })
            })
            .collect();
        let mut value = json!({ "nodes": nodes });
        if let Some(back) = args.back {
            let exact = impact.care_lost(&wiring, back);
            value["care_lost"] = json!(exact as f64 / 36_000.0);
            value["care_lost_exact"] = json!(exact);
        }
        screen::json(&value)?;
        return Ok(DONE);
    }
    let words = screen::words(args.lang, None, &map.time_zone)?;
    let mut failed: Vec<_> = impact
        .failed()
        .into_iter()
        .filter(|node| matches!(map.node(*node).kind, Kind::CareService(_)))
        .collect();
    failed.sort_by_key(|node| (impact.degrades_at(*node), *node));
    let mut text = String::new();
    for node in failed {
        let when = |key: &str, at: Option<jiff::Timestamp>| {
            at.map(|at| words.say_with(key, &[("when", words.day_hour(at).into())]))
        };
        let times: Vec<String> =
            [when("impact-worse", impact.degrades_at(node)), when("impact-stops", impact.stops_at(node))]
                .into_iter()
                .flatten()
                .collect();
        let path: Vec<&str> = impact.because(node).into_iter().map(|it| map.node(it).name.as_str()).collect();
        text += &format!("{}: {}\n    ← {}\n", map.node(node).name, times.join(", "), path.join(" ← "));
    }
    if text.is_empty() {
        text = words.say("impact-none") + "\n";
    }
    if let Some(back) = args.back {
        let lost = impact.care_lost(&wiring, back) as f64 / 36_000.0;
        text += &(words.say_with("impact-lost", &[("lost", words.care_hours(lost).into())]) + "\n");
    }
    screen::text(&text)?;
    Ok(DONE)
}
