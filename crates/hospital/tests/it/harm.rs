//! Harm against a simulator that goes second by second, and returns in cases written out.

use hospital::{Absence, Closures, Effect, Harm, Kind, Loss, Map, Need, NodeId, Wiring, harm};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::impact::{random_closures, scene};
use crate::maps::{START, application, asset, at, care, map, need, node, random_map};
use crate::reference::{self, NEVER};

/// Seconds degraded and stopped of every node, by stepping through each second up to `end`.
fn simulate(map: &Map, absences: &[Absence], closures: &Closures, end: i64) -> Vec<(i64, i64)> {
    let second = |at: jiff::Timestamp| at.as_second() - START;
    let mut spent = vec![(0, 0); map.nodes.len()];
    // Since when a need has had too few providers: for stopping, for degrading.
    let mut unmet_since = vec![vec![[None::<i64>; 2]; 9]; map.nodes.len()];
    for now in 0..end {
        let own = |node: NodeId| {
            let mut own = None;
            for absence in absences.iter().filter(|it| it.node == node && second(it.from) <= now) {
                let stands = absence.stands.map_or(NEVER, second);
                let whole = absence.whole.map_or(NEVER, second).max(stands);
                if now < stands {
                    own = Some(Effect::Stops);
                } else if now < whole && own.is_none() {
                    own = Some(Effect::Degrades);
                }
            }
            own
        };
        // From everything up, downwards: what is left is the most that can be up.
        let mut state: Vec<Option<Effect>> = map.all().map(|(node, _)| own(node)).collect();
        loop {
            let mut next = state.clone();
            for (node, row) in map.all() {
                for (place, need) in row.needs.iter().enumerate() {
                    for (side, effect) in sides(need).iter().enumerate() {
                        let since = unmet_since[node.index()][place][side].unwrap_or(now);
                        let broken =
                            is_unmet(need, side, &state, closures, now) && now - since >= need.grace as i64;
                        if broken && next[node.index()] != Some(Effect::Stops) {
                            next[node.index()] = Some(*effect);
                        }
                    }
                }
            }
            if next == state {
                break;
            }
            state = next;
        }
        for (node, row) in map.all() {
            match state[node.index()] {
                Some(Effect::Stops) => spent[node.index()].1 += 1,
                Some(Effect::Degrades) => spent[node.index()].0 += 1,
                None => {}
            }
            for (place, need) in row.needs.iter().enumerate() {
                for (side, since) in unmet_since[node.index()][place].iter_mut().enumerate() {
                    *since = is_unmet(need, side, &state, closures, now).then(|| since.unwrap_or(now));
                }
            }
        }
    }
    spent
}

fn sides(need: &Need) -> &'static [Effect] {
    match need.effect {
        Effect::Stops => &[Effect::Stops, Effect::Degrades],
        Effect::Degrades => &[Effect::Degrades],
    }
}

fn is_unmet(need: &Need, side: usize, state: &[Option<Effect>], closures: &Closures, now: i64) -> bool {
    let up = need.on.iter().filter(|provider| {
        let via = need.via.iter().filter(|(through, _)| through == *provider);
        let closed = via.map(|(_, flow)| reference::closed_at(closures, *flow)).any(|at| at <= now);
        let away = match state[provider.index()] {
            Some(Effect::Stops) => true,
            Some(Effect::Degrades) => side == 1,
            None => false,
        };
        !closed && !away
    });
    up.count() < need.at_least as usize
}

fn absences(nodes: usize) -> impl Strategy<Value = Vec<Absence>> {
    let absence =
        (0..nodes as u32, 0_i64..12, option::weighted(0.8, 0_i64..12), option::weighted(0.8, 0_i64..6));
    let absence = absence.prop_map(|(node, from, away, partly)| Absence {
        node: NodeId(node),
        from: at(from),
        stands: away.map(|away| at(from + away)),
        whole: away.zip(partly).map(|(away, partly)| at(from + away + partly)),
    });
    vec(absence, 0..5)
}

fn check_against(map: &Map, found: &Harm, spent: &[(i64, i64)]) {
    let mut total = 0;
    for (node, row) in map.all() {
        let Kind::CareService(care) = &row.kind else { continue };
        let (degraded, stopped) = spent[node.index()];
        let tenths = reference::tenths(map, care.weight, care.mtpd, degraded, stopped);
        total += tenths;
        let service = found.services.iter().find(|it| it.node == node);
        assert_eq!(service.map_or(0, |it| it.tenths), tenths);
        let spells = service.map_or(&[][..], |it| &it.spells);
        let lasting = |state| -> i64 {
            let alike = spells.iter().filter(|spell| spell.state == state);
            alike.map(|spell| spell.until.as_second() - spell.from.as_second()).sum()
        };
        assert_eq!((lasting(Effect::Degrades), lasting(Effect::Stops)), (degraded, stopped));
        assert!(spells.iter().all(|spell| spell.from < spell.until));
        assert!(spells.windows(2).all(|pair| pair[0].until <= pair[1].from));
    }
    assert_eq!(found.tenths, total);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn harm_is_that_of_going_second_by_second(
        (map, absences, closures) in random_map().prop_flat_map(|map| {
            let nodes = map.nodes.len();
            (Just(map), absences(nodes), random_closures())
        }),
        end in 1_i64..50,
    ) {
        let found = harm(&map, &absences, &closures, at(end));
        check_against(&map, &found, &simulate(&map, &absences, &closures, end));
    }

    #[test]
    fn without_a_return_harm_is_that_of_impact((map, losses, closures) in scene(), end in 1_i64..40) {
        let wiring = Wiring::new(&map);
        let absences: Vec<Absence> = losses.iter().map(forever).collect();
        let impact = wiring.impact(&losses, &closures, Some(at(end)));
        prop_assert_eq!(wiring.harm(&absences, &closures, at(end)).tenths, impact.care_lost(&wiring, at(end)));
    }

    #[test]
    fn one_common_return_ends_everything((map, losses, _) in scene(), back in 1_i64..12) {
        let wiring = Wiring::new(&map);
        let early = losses.iter().filter(|loss| loss.at < at(back));
        let absences: Vec<Absence> = early.map(|loss| back_at(loss, back)).collect();
        let whole_story = wiring.harm(&absences, &Closures::default(), at(1_000)).tenths;
        let impact = wiring.impact(&losses, &Closures::default(), Some(at(back)));
        prop_assert_eq!(whole_story, impact.care_lost(&wiring, at(back)));
    }
}

fn forever(loss: &Loss) -> Absence {
    let stands = (loss.how == Effect::Degrades).then_some(loss.at);
    Absence { node: loss.node, from: loss.at, stands, whole: None }
}

fn back_at(loss: &Loss, second: i64) -> Absence {
    let back = Some(at(second));
    let stands = if loss.how == Effect::Degrades { Some(loss.at) } else { back };
    Absence { node: loss.node, from: loss.at, stands, whole: back }
}

const STOPS: Effect = Effect::Stops;
const DEGRADES: Effect = Effect::Degrades;

#[test]
fn returns_in_cases_written_out() {
    let away = |node, from, stands, whole| Absence {
        node: NodeId(node),
        from: at(from),
        stands: Some(at(stands)),
        whole: Some(at(whole)),
    };
    let spell = |from, until, state| (from, until, state);
    // Name; needs of the ward (weight 2, mtpd 100), of application b, of servers c and d; absences;
    // the ward's spells to 1,000 s; tenths.
    type Case = (&'static str, [Vec<Need>; 3], Vec<Absence>, Vec<(i64, i64, Effect)>, i64);
    let cases: Vec<Case> = vec![
        (
            "a return within the grace is no harm",
            [vec![need(&[2], 1, STOPS, 60)], vec![], vec![]],
            vec![away(2, 0, 59, 59)],
            vec![],
            0,
        ),
        (
            "a return at the end of the grace is in time",
            [vec![need(&[2], 1, STOPS, 60)], vec![], vec![]],
            vec![away(2, 0, 60, 60)],
            vec![],
            0,
        ),
        (
            "the grace starts anew after a break",
            [vec![need(&[2], 1, STOPS, 60)], vec![], vec![]],
            vec![away(2, 0, 50, 50), away(2, 51, 151, 151)],
            vec![spell(111, 151, STOPS)],
            2 * 40 * 10,
        ),
        (
            "stopped, then degraded until whole; the degrading side has its own grace",
            [vec![need(&[2], 1, STOPS, 10)], vec![], vec![]],
            vec![away(2, 0, 100, 130)],
            vec![spell(10, 100, STOPS), spell(100, 130, DEGRADES)],
            2 * (90 * 10 + 30 * 3),
        ),
        (
            "one of two is enough",
            [vec![need(&[2, 3], 1, STOPS, 0)], vec![], vec![]],
            vec![away(2, 0, 100, 100), away(3, 40, 70, 70)],
            vec![spell(40, 70, STOPS)],
            2 * 30 * 10,
        ),
        (
            "two of three, handed from one to another without a break",
            [vec![need(&[1, 2, 3], 2, STOPS, 20)], vec![], vec![]],
            vec![away(1, 0, 15, 15), away(2, 5, 40, 40), away(3, 10, 60, 60)],
            vec![spell(25, 40, STOPS)],
            2 * 15 * 10,
        ),
        (
            "a cycle comes back jointly",
            [vec![need(&[1], 1, STOPS, 0)], vec![need(&[2], 1, STOPS, 0)], vec![need(&[1], 1, STOPS, 0)]],
            vec![away(2, 0, 50, 50)],
            vec![spell(0, 50, STOPS)],
            2 * 50 * 10,
        ),
        (
            "beyond the mtpd, by total stopped time",
            [vec![need(&[2], 1, STOPS, 0)], vec![], vec![]],
            vec![away(2, 0, 80, 80), away(2, 200, 280, 280)],
            vec![spell(0, 80, STOPS), spell(200, 280, STOPS)],
            2 * (160 * 10 + 60 * 20),
        ),
    ];
    for (name, [ward, application_b, server_c], absences, spells, tenths) in cases {
        let rows = vec![
            node("a", care(2, Some(100)), ward),
            node("b", application(), application_b),
            node("c", asset(Some(0)), server_c),
            node("d", asset(Some(0)), vec![]),
        ];
        let map = map(rows, 1, Vec::new(), Vec::new());
        let found = harm(&map, &absences, &Closures::default(), at(1_000));
        let ward = found.services.iter().flat_map(|it| &it.spells);
        let ward = ward.map(|it| (it.from.as_second() - START, it.until.as_second() - START, it.state));
        assert_eq!(ward.collect::<Vec<_>>(), spells, "{name}");
        assert_eq!(found.tenths, tenths, "{name}");
    }
}
