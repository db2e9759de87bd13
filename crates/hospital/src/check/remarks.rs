//! What only the whole map shows: names shared, means that are not there, cycles, care that hangs on
//! nothing.

use std::collections::{BTreeMap, HashMap};

use super::restore::Steps;
use super::rolls::Rolls;
use crate::desk::{Desk, quote};
use crate::map::{Effect, End, Kind, Map, NodeId, StepId};
use crate::said::{Arg, Said};
use crate::source::Place;
use crate::walk::cycles_of;

/// Names at most this many ids of a cycle.
const CYCLE_SHOWN: usize = 8;

/// Host names and addresses that two assets share.
pub(crate) fn addresses(desk: &mut Desk, rolls: &Rolls, map: &Map) {
    let mut seen: HashMap<(&str, String), NodeId> = HashMap::new();
    for (node, _, asset) in map.assets() {
        let hosts = asset.hosts.iter().map(|it| ("hosts", it.to_lowercase()));
        let ips = asset.ips.iter().map(|it| ("ips", it.to_string()));
        let macs = asset.macs.iter().map(|it| ("macs", it.map(|byte| format!("{byte:02x}")).join(":")));
        let aliases = asset.aliases.iter().map(|it| ("aliases", it.to_lowercase()));
        for (key, value) in hosts.chain(ips).chain(macs).chain(aliases) {
            let shown = value.clone();
            let first = *seen.entry((key, value)).or_insert(node);
            if first == node {
                continue;
            }
            let code =
                if matches!(key, "hosts" | "aliases") { "duplicate-host" } else { "duplicate-address" };
            let message = Said::new("mistake-shared")
                .with("value", quote(&shown))
                .with("id", map.id(node))
                .with("first", map.id(first));
            desk.wrong(at(rolls, node, key), code, message, Said::new("mistake-shared-help"));
        }
    }
}

/// Steps that nobody can do.
pub(crate) fn means(desk: &mut Desk, rolls: &Rolls, steps: &Steps<'_>, map: &Map) {
    let mut skills: BTreeMap<&str, u64> = BTreeMap::new();
    for team in &map.teams {
        *skills.entry(&team.skill).or_default() += u64::from(team.number);
    }
    let places: u64 = map.clean_rooms.iter().map(|it| u64::from(it.places)).sum();
    for (node, it) in map.all() {
        for (step, it) in it.restore.iter().flatten().enumerate() {
            let at = steps.place(StepId { node, step: step as u32 });
            for (skill, number) in &it.people {
                match skills.get(skill.as_str()) {
                    _ if *number == 0 || (desk.torn && rolls.teams.is_empty()) => {}
                    None => {
                        let known: Vec<&str> = skills.keys().copied().collect();
                        let message = Said::new("mistake-no-team-has-skill").with("skill", quote(skill));
                        let names = crate::nearest::Names::new(known.iter().copied());
                        let help = desk.did_you_mean(skill, &names);
                        let help = help.unwrap_or_else(|| {
                            Said::new("mistake-no-team-has-skill-help").with("skills", known.join(", "))
                        });
                        desk.wrong(at, "no-team-has-skill", message, help);
                    }
                    Some(there) if u64::from(*number) > *there => {
                        let message = Said::new("mistake-too-few-people")
                            .with("number", u64::from(*number))
                            .with("skill", quote(skill))
                            .with("there", *there);
                        desk.wrong(at, "too-few-people", message, Said::new("mistake-too-few-people-help"));
                    }
                    Some(_) => {}
                }
            }
            if u64::from(it.clean) > places {
                let message = Said::new("mistake-too-few-places")
                    .with("number", u64::from(it.clean))
                    .with("there", places);
                desk.wrong(at, "too-few-places", message, Said::new("mistake-too-few-places-help"));
            }
        }
    }
    let after: Vec<(StepId, &[StepId])> = map
        .all()
        .flat_map(|(node, it)| {
            let steps = it.restore.iter().flatten().enumerate();
            steps.map(move |(step, it)| (StepId { node, step: step as u32 }, it.after.as_slice()))
        })
        .collect();
    let number: HashMap<StepId, usize> = after.iter().enumerate().map(|(place, it)| (it.0, place)).collect();
    let next = |place: usize| after[place].1.iter().filter_map(|it| number.get(it).copied());
    for cycle in cycles_of(after.len(), next) {
        let names = cycle.iter().map(|&it| step_id(map, after[it].0));
        let message = Said::new("mistake-after-cycle").with("names", list(names, cycle.len()));
        let help = Said::new("mistake-after-cycle-help");
        desk.fatal(steps.place(after[cycle[0]].0), "after-cycle", message, help);
    }
}

fn step_id(map: &Map, step: StepId) -> &str {
    let steps = map.node(step.node).restore.as_deref().unwrap_or_default();
    steps.get(step.step as usize).map_or("", |it| it.id.as_str())
}

/// Nodes that need each other with no grace.
pub(crate) fn cycles(desk: &mut Desk, rolls: &Rolls, map: &Map) {
    let next = |place: usize| {
        let needs = map.nodes[place].needs.iter().filter(|it| it.grace == 0);
        needs.flat_map(|it| &it.on).map(|it| it.index())
    };
    for cycle in cycles_of(map.nodes.len(), next) {
        let names = cycle.iter().map(|&it| map.nodes[it].id.as_str());
        let message = Said::new("mistake-zero-grace-cycle").with("names", list(names, cycle.len()));
        let help = Said::new("mistake-zero-grace-cycle-help");
        desk.remark(at(rolls, NodeId(cycle[0] as u32), "needs"), "zero-grace-cycle", message, help);
    }
}

/// Care services that need nothing, or whose paper and grace disagree.
pub(crate) fn care(desk: &mut Desk, rolls: &Rolls, map: &Map) {
    for (node, it, care) in map.care() {
        let stops = it.needs.iter().filter(|it| it.effect == Effect::Stops).map(|it| it.grace).max();
        if it.needs.is_empty() && rolls.nodes.rows[node.index()].record.item("needs").is_none() {
            let message = Said::new("mistake-care-needs-nothing").with("id", quote(&it.id));
            let help = Said::new("mistake-care-needs-nothing-help");
            desk.wrong(at(rolls, node, "id"), "care-needs-nothing", message, help);
        }
        if let (Some(holds), Some(grace)) = (care.holds, stops)
            && holds != grace
        {
            let message = Said::new("mistake-holds-and-grace")
                .with("id", quote(&it.id))
                .with("holds", words(holds))
                .with("grace", words(grace));
            let help = Said::new("mistake-holds-and-grace-help");
            desk.remark(at(rolls, node, "holds"), "holds-and-grace", message, help);
        }
    }
    if map.care().next().is_none() && !map.nodes.is_empty() && !desk.torn {
        let (message, help) = (Said::new("mistake-no-care"), Said::new("mistake-no-care-help"));
        desk.remark(Place::default(), "no-care", message, help);
    }
}

/// Assets whose zone is on another site, flows of `via` that do not touch their provider.
pub(crate) fn places(desk: &mut Desk, rolls: &Rolls, map: &Map) {
    for (node, it, asset) in map.assets() {
        let of_zone = asset.zone.and_then(|zone| map.zones[zone.index()].site);
        if let (Some(site), Some(of_zone)) = (asset.site, of_zone)
            && site != of_zone
        {
            let message = Said::new("mistake-site-and-zone").with("id", quote(&it.id));
            let help = Said::new("mistake-site-and-zone-help");
            desk.remark(at(rolls, node, "zone"), "site-and-zone", message, help);
        }
    }
    for (node, it) in map.all() {
        for (provider, flow) in it.needs.iter().flat_map(|it| &it.via) {
            let Kind::Asset(asset) = &map.node(*provider).kind else { continue };
            let ends = [map.flows[flow.index()].from, map.flows[flow.index()].to];
            let touches = |end: &End| match end {
                End::Asset(there) => there == provider,
                End::Zone(zone) => asset.zone == Some(*zone),
            };
            if !ends.iter().any(touches) {
                let (flow, provider) = (&map.flows[flow.index()].id, map.id(*provider));
                let message = Said::new("mistake-via-elsewhere")
                    .with("flow", quote(flow))
                    .with("provider", quote(provider));
                let help = Said::new("mistake-via-elsewhere-help");
                desk.remark(at(rolls, node, "needs"), "via-elsewhere", message, help);
            }
        }
    }
}

/// Where a key of a node is written, or else the node.
fn at(rolls: &Rolls, node: NodeId, key: &str) -> Place {
    let record = &rolls.nodes.rows[node.index()].record;
    record.item(key).map_or(record.place, |it| it.place)
}

fn list<'a>(names: impl Iterator<Item = &'a str>, count: usize) -> Arg {
    let shown = names.take(CYCLE_SHOWN).collect::<Vec<_>>().join(", ");
    match count.saturating_sub(CYCLE_SHOWN) {
        0 => shown.into(),
        more => Said::new("mistake-names-and-more").with("names", shown).with("count", more).into(),
    }
}

/// Seconds as a map's author would write them.
fn words(seconds: u64) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    match units.iter().find(|(unit, _)| seconds >= *unit && seconds.is_multiple_of(*unit)) {
        Some((unit, word)) => format!("{}{word}", seconds / unit),
        None => "0".to_owned(),
    }
}
