//! Impact against the reference, and the order of causes in cases written out.

use hospital::{Cause, Closures, Effect, FlowId, Impact, Loss, Map, Need, NodeId, Wiring, impact};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::maps::{START, application, asset, at, care, map, need, node, random_map};
use crate::reference::{self, Instants, NEVER, Wrong};

pub fn random_losses(nodes: usize, most: usize) -> impl Strategy<Value = Vec<Loss>> {
    let how = prop_oneof![3 => Just(Effect::Stops), 1 => Just(Effect::Degrades)];
    let loss = (0..nodes as u32, 0_i64..6, how);
    vec(loss.prop_map(|(node, second, how)| Loss { node: NodeId(node), at: at(second), how }), 0..=most)
}

pub fn random_closures() -> impl Strategy<Value = Closures> {
    vec((0_u32..4, 0_i64..8), 0..3).prop_map(|closed| {
        closed.into_iter().fold(Closures::default(), |all, (flow, second)| all.and(FlowId(flow), at(second)))
    })
}

pub fn scene() -> impl Strategy<Value = (Map, Vec<Loss>, Closures)> {
    random_map().prop_flat_map(|map| {
        let nodes = map.nodes.len();
        (Just(map), random_losses(nodes, 4), random_closures())
    })
}

fn found(map: &Map, impact: &Impact) -> Instants {
    let second = |at: Option<jiff::Timestamp>| at.map_or(NEVER, |at| at.as_second() - START);
    Instants {
        stop: map.all().map(|(node, _)| second(impact.stops_at(node))).collect(),
        degrade: map.all().map(|(node, _)| second(impact.degrades_at(node))).collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn instants_and_causes_are_those_of_the_formulas((map, losses, closures) in scene()) {
        let impact = impact(&map, &losses, &closures);
        let expected = reference::instants(&map, &losses, &closures, Wrong::Nothing);
        prop_assert_eq!(found(&map, &impact), expected);
        let because: Vec<_> = map.all().map(|(node, _)| impact.because(node)).collect();
        prop_assert_eq!(because, reference::causes(&map, &losses, &closures));
    }

    #[test]
    fn causes_end_at_a_loss_or_at_a_closed_flow((map, losses, closures) in scene()) {
        let impact = impact(&map, &losses, &closures);
        for node in impact.failed() {
            let path = impact.because(node);
            prop_assert!(path.len() <= 2 * map.nodes.len());
            let last = *path.last().unwrap_or(&node);
            let closed = map.nodes.iter().flat_map(|it| &it.needs).flat_map(|it| &it.via).any(
                |(through, flow)| *through == last && reference::closed_at(&closures, *flow) != NEVER);
            prop_assert!(losses.iter().any(|loss| loss.node == last) || closed);
        }
    }

    #[test]
    fn a_value_used_again_forgets_what_was(
        (map, losses, closures) in scene(),
        seconds in vec(0_i64..12, 1..4),
    ) {
        let wiring = Wiring::new(&map);
        let mut again = Impact::new(&wiring);
        for second in seconds {
            again.work_out(&wiring, &losses, &closures, Some(at(second)));
            again.work_out(&wiring, &losses, &closures, None);
            let fresh = wiring.impact(&losses, &closures, None);
            prop_assert_eq!(found(&map, &again), found(&map, &fresh));
            // Before an instant, the story is the same up to it.
            again.work_out(&wiring, &losses, &closures, Some(at(second)));
            let mut cut = found(&map, &fresh);
            cut.stop.iter_mut().chain(&mut cut.degrade).filter(|it| **it >= second).for_each(|it| *it = NEVER);
            prop_assert_eq!(found(&map, &again), cut);
            let lost = reference::care_lost(&map, &found(&map, &fresh), second);
            prop_assert_eq!(again.care_lost(&wiring, at(second)), lost);
        }
    }
}

#[test]
fn the_comparison_catches_planted_mistakes() {
    let mut runner = TestRunner::deterministic();
    let scenes: Vec<_> = (0..2_000).map(|_| scene().new_tree(&mut runner).unwrap().current()).collect();
    for wrong in Wrong::ALL {
        let caught = scenes.iter().any(|(map, losses, closures)| {
            let right = found(map, &impact(map, losses, closures));
            right != reference::instants(map, losses, closures, wrong)
        });
        assert!(caught, "nothing tells {wrong:?} from the formulas");
    }
}

/// Nodes `a`, `b`, … with these needs; the first is a care service.
fn letters(needs: Vec<Vec<Need>>) -> Map {
    let rows = needs.into_iter().enumerate().map(|(place, needs)| {
        let kind = if place == 0 { care(1, None) } else { asset(Some(0)) };
        node(&char::from(b'a' + place as u8).to_string(), kind, needs)
    });
    map(rows.collect(), 1, Vec::new(), Vec::new())
}

const STOPS: Effect = Effect::Stops;
const DEGRADES: Effect = Effect::Degrades;

#[test]
fn ties_are_broken_in_the_stated_order() {
    let lost = |node, second, how| Loss { node: NodeId(node), at: at(second), how };
    let all = |on: &[u32], effect, grace| need(on, on.len() as u32, effect, grace);
    // Name, needs of a, b, c, d; losses; what `because` of `a` says.
    type Case = (&'static str, Vec<Vec<Need>>, Vec<Loss>, &'static str);
    let cases: Vec<Case> = vec![
        (
            "the earlier instant",
            vec![vec![all(&[1], STOPS, 9), all(&[2], STOPS, 2)], vec![], vec![], vec![]],
            vec![lost(1, 0, STOPS), lost(2, 1, STOPS)],
            "c",
        ),
        (
            "the shorter chain, at one instant",
            vec![vec![all(&[1], STOPS, 0), all(&[2], STOPS, 0)], vec![all(&[3], STOPS, 0)], vec![], vec![]],
            vec![lost(2, 0, STOPS), lost(3, 0, STOPS)],
            "c",
        ),
        (
            "the earlier need in file order, though its provider comes later",
            vec![vec![all(&[2], STOPS, 0), all(&[1], STOPS, 0)], vec![], vec![], vec![]],
            vec![lost(1, 0, STOPS), lost(2, 0, STOPS)],
            "c",
        ),
        (
            "the provider that completes, by id",
            vec![vec![need(&[1, 2, 3], 2, STOPS, 0)], vec![], vec![], vec![]],
            vec![lost(3, 0, STOPS), lost(2, 0, STOPS), lost(1, 0, STOPS)],
            "c",
        ),
        (
            "the stop's cause, not the earlier degradation's",
            vec![vec![all(&[1], DEGRADES, 0), all(&[2], STOPS, 5)], vec![], vec![], vec![]],
            vec![lost(1, 0, STOPS), lost(2, 0, STOPS)],
            "c",
        ),
        (
            "a cycle is told from where it was hit",
            vec![vec![all(&[1], STOPS, 0)], vec![all(&[2], STOPS, 0)], vec![all(&[1, 3], STOPS, 0)], vec![]],
            vec![lost(3, 0, STOPS)],
            "b c d",
        ),
        (
            "a degradation follows its own causes, though its provider stops later",
            vec![
                vec![all(&[1], STOPS, 0)],
                vec![all(&[2], DEGRADES, 0), all(&[3], STOPS, 99)],
                vec![],
                vec![],
            ],
            vec![lost(2, 0, STOPS)],
            "b c",
        ),
    ];
    for (name, needs, losses, expected) in cases {
        let map = letters(needs);
        let path = impact(&map, &losses, &Closures::default()).because(NodeId(0));
        let path: Vec<&str> = path.into_iter().map(|node| map.id(node)).collect();
        assert_eq!(path.join(" "), expected, "{name}");
    }
}

#[test]
fn a_node_that_was_hit_is_its_own_cause() {
    let map = letters(vec![vec![need(&[1], 1, STOPS, 60)], vec![]]);
    let impact = impact(&map, &[Loss { node: NodeId(1), at: at(0), how: STOPS }], &Closures::default());
    assert_eq!(impact.because(NodeId(1)), []);
    assert_eq!(impact.cause(NodeId(1), STOPS), Some(Cause::Loss));
    let tipped = Cause::Need { need: 0, provider: NodeId(1), closed: false };
    assert_eq!(impact.cause(NodeId(0), STOPS), Some(tipped));
    assert_eq!(impact.stops_at(NodeId(0)), Some(at(60)));
    assert_eq!(impact.degrades_at(NodeId(0)), Some(at(60)));
}

#[test]
fn parts_of_a_second_are_dropped_and_the_calendar_has_an_end() {
    let forever = Need { grace: u64::MAX, ..need(&[1], 1, STOPS, 0) };
    let map = letters(vec![vec![need(&[1], 1, STOPS, 1)], vec![], vec![forever]]);
    let precise: jiff::Timestamp = "2026-11-25T01:00:00.999999999Z".parse().unwrap();
    let impact = impact(&map, &[Loss { node: NodeId(1), at: precise, how: STOPS }], &Closures::default());
    assert_eq!(impact.stops_at(NodeId(0)).unwrap().to_string(), "2026-11-25T01:00:01Z");
    assert_eq!(impact.stops_at(NodeId(2)), None);
}

#[test]
fn a_closed_flow_takes_a_provider_from_one_need_only() {
    let through = Need { via: vec![(NodeId(2), FlowId(0))], ..need(&[2], 1, STOPS, 10) };
    let rows = vec![
        node("a", care(1, None), vec![through]),
        node("b", application(), vec![need(&[2], 1, STOPS, 0)]),
        node("c", asset(Some(0)), vec![]),
    ];
    let shut =
        crate::maps::flow(hospital::End::Zone(hospital::ZoneId(0)), hospital::End::Asset(NodeId(2)), false);
    let map = map(rows, 1, vec![shut], Vec::new());
    let impact = impact(&map, &[], &Closures::of(&map, at(5)));
    assert_eq!(impact.failed(), [NodeId(0)]);
    assert_eq!(impact.stops_at(NodeId(0)), Some(at(15)));
    assert_eq!(impact.because(NodeId(0)), [NodeId(2)]);
    let cause = Cause::Need { need: 0, provider: NodeId(2), closed: true };
    assert_eq!(impact.cause(NodeId(0), STOPS), Some(cause));
}
