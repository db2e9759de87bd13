//! `rempart map whatif`: the price and the danger of a set of levers.

use hospital::{Cut, FlowId, LeverId, Map, NodeId, Scenario, Situation};
use serde_json::json;

use super::{load, loss, node, now};
use crate::args::{Format, WhatifArgs};
use crate::exit::{DONE, Failure};
use crate::screen;

pub(super) fn whatif(args: &WhatifArgs) -> Result<u8, Failure> {
    let map = load(&args.map, args.lang, None)?;
    let now = now(args.now);
    let lost = args.lost.iter().map(|text| loss(&map, text, now)).collect::<Result<Vec<_>, _>>()?;
    let spread = args.spread.unwrap_or(map.spread);
    let situation = Situation::new(&map, now, args.horizon, spread, lost, scenarios(&map, args)?);
    let cut = cut(&map, args)?;
    let (price, danger) = (situation.price(&cut), situation.danger(&cut));
    let reachable: Vec<&str> = situation.still_reachable(&cut).into_iter().map(|node| map.id(node)).collect();
    let care = assess::care_of(&map, &situation.care(&cut));
    let (price_hours, danger_hours) = (price as f64 / 36_000.0, danger as f64 / 3_600_000.0);
    if args.format == Format::Json {
        screen::json(&json!({
            "price": price_hours, "danger": danger_hours, "price_exact": price, "danger_exact": danger,
            "care": care, "still_reachable": reachable,
        }))?;
        return Ok(DONE);
    }
    let words = screen::words(args.lang, None, &map.time_zone)?;
    let figures = [
        ("price", words.care_hours(price_hours).into()),
        ("danger", words.care_hours(danger_hours).into()),
        ("horizon", words.span(args.horizon).into()),
        ("reach", reachable.len().into()),
    ];
    let mut text = words.say_with("whatif", &figures) + "\n";
    for row in &care {
        let when = row.degrades_at.or(row.stops_at).map_or_else(String::new, |at| words.day_hour(at));
        text += &format!(
            "  {when}  {}\n",
            map.find(&row.service).map_or(row.service.as_str(), |node| &map.node(node).name)
        );
    }
    screen::text(&text)?;
    Ok(DONE)
}

fn cut(map: &Map, args: &WhatifArgs) -> Result<Cut, Failure> {
    let levers = args.pull.iter().map(|id| lever(map, id)).collect::<Result<Vec<_>, _>>()?;
    let mut cut = Cut::of(map, &levers);
    for id in &args.isolate {
        cut.isolated.push(asset(map, id)?);
    }
    for id in &args.close {
        cut.closed.push(flow(map, id)?);
    }
    for id in &args.disable {
        cut.disabled.push(asset(map, id)?);
    }
    Ok(cut)
}

fn scenarios(map: &Map, args: &WhatifArgs) -> Result<Vec<Scenario>, Failure> {
    if args.scenario.is_empty() {
        let compromised = args.compromised.iter().map(|id| asset(map, id)).collect::<Result<Vec<_>, _>>()?;
        return Ok(vec![Scenario { percent: 100, compromised }]);
    }
    let mut scenarios = Vec::new();
    for text in &args.scenario {
        let unreadable = || Failure::bad(format!("{text} is not a scenario; write 60:srv-ad-01,srv-file-02"));
        let (percent, ids) = text.split_once(':').ok_or_else(unreadable)?;
        let percent: u32 = percent.trim_end_matches('%').parse().map_err(|_| unreadable())?;
        let ids = ids.split(',').map(str::trim).filter(|id| !id.is_empty());
        scenarios
            .push(Scenario { percent, compromised: ids.map(|id| asset(map, id)).collect::<Result<_, _>>()? });
    }
    let sum = scenarios.iter().map(|scenario| u64::from(scenario.percent)).sum::<u64>();
    if sum == 100 {
        Ok(scenarios)
    } else {
        Err(Failure::bad(format!("the scenarios sum to {sum} %; make them sum to 100")))
    }
}

fn asset(map: &Map, id: &str) -> Result<NodeId, Failure> {
    let found = node(map, id)?;
    match map.node(found).kind {
        hospital::Kind::Asset(_) => Ok(found),
        _ => {
            Err(Failure::bad(format!("{id} is no asset; only assets are isolated, disabled or compromised")))
        }
    }
}

fn lever(map: &Map, id: &str) -> Result<LeverId, Failure> {
    match map.levers.iter().position(|lever| lever.id == id) {
        Some(place) => Ok(LeverId(place as u32)),
        None => Err(unknown("lever", id, map.levers.iter().map(|lever| lever.id.as_str()))),
    }
}

fn flow(map: &Map, id: &str) -> Result<FlowId, Failure> {
    match map.flows.iter().position(|flow| flow.id == id) {
        Some(place) => Ok(FlowId(place as u32)),
        None => Err(unknown("flow", id, map.flows.iter().map(|flow| flow.id.as_str()))),
    }
}

fn unknown<'a>(kind: &str, id: &str, known: impl Iterator<Item = &'a str>) -> Failure {
    match hospital::nearest(id, known) {
        Some(near) => Failure::bad(format!("the map has no {kind} {id}; did you mean {near}")),
        None => Failure::bad(format!("the map has no {kind} {id}; see network.toml")),
    }
}
