//! Price and danger against a pairwise reach and the reference's instants.

use hospital::{
    Closures, Control, Crossing, Cut, Effect, End, Flow, FlowId, Kind, Lever, LeverId, Loss, Map, NodeId,
    Scenario, Situation, ZoneId, crossing_needs,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::impact::random_losses;
use crate::maps::{asset, at, care, flow, map, need, node, random_map};
use crate::reference::{self, Wrong};

fn zone_of(map: &Map, node: NodeId) -> Option<ZoneId> {
    match &map.node(node).kind {
        Kind::Asset(asset) => asset.zone,
        _ => None,
    }
}

fn is_asset(map: &Map, node: NodeId) -> bool {
    matches!(map.node(node).kind, Kind::Asset(_))
}

/// Everything that sources reach, pair by pair until nothing is added.
fn reach(map: &Map, sources: &[NodeId], cut: &Cut) -> Vec<NodeId> {
    let covers = |end: End, node: NodeId| match end {
        End::Asset(asset) => asset == node,
        End::Zone(zone) => zone_of(map, node) == Some(zone),
    };
    let step = |from: NodeId, to: NodeId| {
        let flows = map.flows.iter().enumerate().any(|(place, flow)| {
            let open = flow.open && !cut.closed.contains(&FlowId(place as u32));
            open && covers(flow.from, from) && covers(flow.to, to)
        });
        let controls = map.controls.iter().any(|control| {
            control.from == from && control.over.contains(&to) && !cut.disabled.contains(&from)
        });
        let cut_off = cut.isolated.contains(&from) || cut.isolated.contains(&to);
        (flows || controls) && !cut_off && is_asset(map, from) && is_asset(map, to)
    };
    let mut reached: Vec<NodeId> = Vec::new();
    loop {
        let next = map
            .assets()
            .map(|(node, ..)| node)
            .find(|to| !reached.contains(to) && sources.iter().chain(&reached).any(|from| step(*from, *to)));
        match next {
            Some(next) => reached.push(next),
            None => return reached,
        }
    }
}

struct Scene {
    map: Map,
    lost: Vec<Loss>,
    scenarios: Vec<Scenario>,
    cut: Cut,
}

fn care_lost(scene: &Scene, cut: &Cut, attack: Vec<Loss>, now: i64, end: i64) -> i64 {
    let mut losses = scene.lost.clone();
    losses.extend(cut.isolated.iter().map(|&node| Loss { node, at: at(now), how: Effect::Stops }));
    losses.extend(attack);
    let closures = scene.map.flows.iter().enumerate().fold(Closures::default(), |all, (place, flow)| {
        let flow_id = FlowId(place as u32);
        if flow.open && !cut.closed.contains(&flow_id) { all } else { all.and(flow_id, at(now)) }
    });
    let instants = reference::instants(&scene.map, &losses, &closures, Wrong::Nothing);
    reference::care_lost(&scene.map, &instants, end)
}

fn assets_of(map: &Map) -> Vec<NodeId> {
    map.assets().map(|(node, ..)| node).collect()
}

fn scenes() -> impl Strategy<Value = (Map, Vec<Loss>, [Vec<bool>; 4], Vec<bool>, u32)> {
    random_map().prop_flat_map(|map| {
        let some = || vec(prop::bool::weighted(0.3), 9);
        let nodes = map.nodes.len();
        let lost = random_losses(nodes, 2);
        (Just(map), lost, [some(), some(), some(), some()], vec![any::<bool>(); 4], 0_u32..=100)
    })
}

fn pick(all: &[NodeId], chosen: &[bool]) -> Vec<NodeId> {
    all.iter().zip(chosen).filter(|(_, chosen)| **chosen).map(|(node, _)| *node).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn price_and_danger_are_those_of_the_text(
        (map, lost, [isolated, disabled, first, second], closed, percent) in scenes(),
        now in 0_i64..8, spread in 0_u64..6, horizon in 0_u64..40,
    ) {
        let assets = assets_of(&map);
        let closed = closed.iter().enumerate().filter(|(_, closed)| **closed);
        let cut = Cut {
            isolated: pick(&assets, &isolated),
            closed: closed.map(|(place, _)| FlowId(place as u32)).collect(),
            disabled: pick(&assets, &disabled),
        };
        let scenarios = vec![
            Scenario { percent, compromised: pick(&assets, &first) },
            Scenario { percent: 100 - percent, compromised: pick(&assets, &second) },
        ];
        let scene = Scene { map, lost, scenarios, cut };
        let situation = Situation::new(
            &scene.map, at(now), horizon, spread, scene.lost.clone(), scene.scenarios.clone());
        let end = now + horizon as i64;
        let price = care_lost(&scene, &scene.cut, vec![], now, end)
            - care_lost(&scene, &Cut::default(), vec![], now, end);
        let mut danger = 0;
        let mut reachable = Vec::new();
        for scenario in &scene.scenarios {
            let mut sources = scenario.compromised.clone();
            sources.extend(scene.lost.iter().map(|loss| loss.node));
            let reached = reach(&scene.map, &sources, &scene.cut);
            let hit = |second| move |&node: &NodeId| Loss { node, at: at(second), how: Effect::Stops };
            let mut attack: Vec<Loss> = scenario.compromised.iter().map(hit(now)).collect();
            attack.extend(reached.iter().map(hit(now + spread as i64)));
            danger += i64::from(scenario.percent) * care_lost(&scene, &scene.cut, attack, now, end);
            reachable.extend(reached.into_iter().filter(|node| !sources.contains(node)));
        }
        reachable.sort_unstable();
        reachable.dedup();
        prop_assert_eq!(situation.price(&scene.cut), price);
        prop_assert_eq!(situation.danger(&scene.cut), danger);
        prop_assert_eq!(situation.still_reachable(&scene.cut), reachable);
        // Asked again, in another order, it says the same.
        prop_assert_eq!(situation.price(&Cut::default()), 0);
        prop_assert_eq!(situation.danger(&scene.cut), danger);
    }
}

const A: NodeId = NodeId(0);
const B: NodeId = NodeId(1);
const C: NodeId = NodeId(2);
const D: NodeId = NodeId(3);

/// Servers a and b in zone 0, c in zone 1, the account d in none, and ward w, which needs c.
fn small(flows: Vec<Flow>, controls: Vec<Control>) -> Map {
    let rows = vec![
        node("a", asset(Some(0)), vec![]),
        node("b", asset(Some(0)), vec![]),
        node("c", asset(Some(1)), vec![]),
        node("d", asset(None), vec![]),
        node("w", care(10, None), vec![need(&[2], 1, Effect::Stops, 600)]),
    ];
    map(rows, 2, flows, controls)
}

#[test]
fn reach_in_cases_written_out() {
    let (zone0, zone1) = (End::Zone(ZoneId(0)), End::Zone(ZoneId(1)));
    let control = |from, over: &[NodeId]| Control { from, over: over.to_vec() };
    let cut = Cut::default;
    let isolated = |node| Cut { isolated: vec![node], ..cut() };
    // Name; flows; controls; cut; what is reachable from a.
    type Case = (&'static str, Vec<Flow>, Vec<Control>, Cut, Vec<NodeId>);
    let cases: Vec<Case> = vec![
        ("a zone does not reach itself unasked", vec![], vec![], cut(), vec![]),
        ("a zone reaches itself by a flow", vec![flow(zone0, zone0, true)], vec![], cut(), vec![B]),
        ("a flow goes one way", vec![flow(zone1, zone0, true)], vec![], cut(), vec![]),
        ("from zone to zone", vec![flow(zone0, zone1, true)], vec![], cut(), vec![C]),
        ("a closed flow carries nothing", vec![flow(zone0, zone1, false)], vec![], cut(), vec![]),
        (
            "a flow that a lever closes carries nothing",
            vec![flow(zone0, zone1, true)],
            vec![],
            Cut { closed: vec![FlowId(0)], ..cut() },
            vec![],
        ),
        ("a control needs no flow", vec![], vec![control(A, &[C])], cut(), vec![C]),
        ("an account reached controls", vec![], vec![control(A, &[D]), control(D, &[C])], cut(), vec![C, D]),
        (
            "a disabled account is reached but controls nothing",
            vec![],
            vec![control(A, &[D]), control(D, &[C])],
            Cut { disabled: vec![D], ..cut() },
            vec![D],
        ),
        ("an isolated source sends nothing", vec![flow(zone0, zone1, true)], vec![], isolated(A), vec![]),
        ("an isolated asset is not controlled", vec![], vec![control(A, &[C])], isolated(C), vec![]),
        (
            "an isolated asset passes nothing on, but its zone may",
            vec![flow(zone0, zone1, true)],
            vec![],
            isolated(B),
            vec![C],
        ),
    ];
    for (name, flows, controls, cut, expected) in cases {
        let map = small(flows, controls);
        let scenarios = vec![Scenario { percent: 100, compromised: vec![A] }];
        let situation = Situation::new(&map, at(0), 86_400, 3_600, Vec::new(), scenarios);
        assert_eq!(situation.still_reachable(&cut), expected, "{name}");
        let hit = expected.contains(&C);
        // The ward stops an hour and ten minutes from now where c is reached, after ten minutes where
        // c is isolated, for ten tenths a second and a weight of ten; otherwise never.
        let stopped = if cut.isolated.contains(&C) {
            85_800
        } else if hit {
            82_200
        } else {
            0
        };
        assert_eq!(situation.danger(&cut), 100 * stopped * 100, "{name}");
        let price = if cut.isolated.contains(&C) { 85_800 * 100 } else { 0 };
        assert_eq!(situation.price(&cut), price, "{name}");
    }
}

#[test]
fn levers_add_up_to_one_cut() {
    let mut map = small(vec![flow(End::Asset(A), End::Asset(B), true)], vec![]);
    let lever = |isolates: &[NodeId], closes: &[FlowId], disables: &[NodeId]| Lever {
        id: String::new(),
        label: String::new(),
        isolates: isolates.to_vec(),
        closes: closes.to_vec(),
        disables: disables.to_vec(),
        place: None,
        photo: None,
        who: None,
        minutes: None,
        undo: None,
    };
    map.levers = vec![lever(&[C, A], &[], &[]), lever(&[A], &[FlowId(0)], &[D])];
    let cut = Cut::of(&map, &[LeverId(1), LeverId(0)]);
    assert_eq!(cut, Cut { isolated: vec![A, C], closed: vec![FlowId(0)], disabled: vec![D] });
}

#[test]
fn a_need_across_zones_without_via_is_listed() {
    let mut map = small(vec![flow(End::Asset(A), End::Asset(C), true)], vec![]);
    map.nodes[A.index()].needs = vec![need(&[1, 2, 3], 1, Effect::Stops, 0)];
    assert_eq!(crossing_needs(&map), [Crossing { node: A, need: 0, provider: C }]);
    map.nodes[A.index()].needs[0].via = vec![(C, FlowId(0))];
    assert_eq!(crossing_needs(&map), []);
}
