//! On random maps the options are the exhaustive front, written here without any cleverness.

use std::cmp::Ordering;

use hospital::{
    Asset, CareService, Control, Cut, Effect, End, Flow, FlowId, Kind, Lever, LeverId, Loss, Map, Need, Node,
    NodeId, Scenario, Situation, Zone, ZoneId,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};
use respond::options;

/// A small generator, so that a failing case is told by its seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, number: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % number.max(1)
    }

    fn once_in(&mut self, number: usize) -> bool {
        self.below(number) == 0
    }

    fn some(&mut self, most: usize, of: usize) -> Vec<usize> {
        let mut some: Vec<usize> = (0..=self.below(most)).map(|_| self.below(of)).collect();
        some.sort_unstable();
        some.dedup();
        some
    }
}

fn nodes(places: Vec<usize>) -> Vec<NodeId> {
    places.into_iter().map(|place| NodeId(place as u32)).collect()
}

struct Sizes {
    assets: usize,
    services: usize,
    zones: usize,
    flows: usize,
    levers: usize,
}

/// Assets come first among the nodes, then services.
fn random_map(dice: &mut Dice, sizes: &Sizes) -> Map {
    let site = hospital::SiteId(0);
    let mut all = Vec::new();
    for place in 0..sizes.assets {
        let account = dice.once_in(6);
        let zone = (!account).then(|| ZoneId(dice.below(sizes.zones) as u32));
        let kind = if account { "account" } else { "server" };
        let asset = Asset {
            kind: kind.into(),
            site: None,
            zone,
            hosts: Vec::new(),
            ips: Vec::new(),
            macs: Vec::new(),
            aliases: Vec::new(),
            os: None,
            vendor: None,
        };
        all.push((format!("a{place:04}"), Kind::Asset(asset), if dice.once_in(3) { 1 } else { 0 }));
    }
    for place in 0..sizes.services {
        let care = CareService {
            site,
            weight: dice.below(10) as u32,
            mtpd: dice.once_in(3).then(|| 600 * dice.below(20) as u64),
            patients_per_day: None,
            procedure: None,
            holds: None,
            divert_to: None,
            downtime: None,
        };
        let number = 2 + dice.below(2);
        all.push((format!("s{place:04}"), Kind::CareService(care), number));
    }
    let flow_end = |dice: &mut Dice| match dice.below(3) {
        0 => End::Asset(NodeId(dice.below(sizes.assets) as u32)),
        _ => End::Zone(ZoneId(dice.below(sizes.zones) as u32)),
    };
    let rows: Vec<Node> = all
        .into_iter()
        .enumerate()
        .map(|(place, (id, kind, number))| {
            let needs = (0..number).filter_map(|_| random_need(dice, place, sizes)).collect();
            Node { name: id.clone(), id, kind, needs, restore: None, backups: Vec::new() }
        })
        .collect();
    Map {
        name: "random".into(),
        time_zone: TimeZone::UTC,
        degraded: if dice.once_in(8) { 20 } else { 3 },
        beyond: if dice.once_in(8) { 0 } else { 30 },
        spread: 3_600,
        sites: vec![hospital::Site {
            id: "x".into(),
            name: "x".into(),
            address: None,
            emergency_phone: None,
        }],
        nodes: rows,
        zones: (0..sizes.zones)
            .map(|it| Zone { id: format!("z{it:04}"), name: String::new(), site: Some(site) })
            .collect(),
        flows: (0..sizes.flows)
            .map(|it| Flow {
                id: format!("f{it:04}"),
                from: flow_end(dice),
                to: flow_end(dice),
                services: Vec::new(),
                open: !dice.once_in(8),
            })
            .collect(),
        controls: (0..dice.below(4))
            .map(|_| Control {
                from: NodeId(dice.below(sizes.assets) as u32),
                over: nodes(dice.some(3, sizes.assets)),
            })
            .collect(),
        levers: (0..sizes.levers).map(|it| random_lever(dice, it, sizes)).collect(),
        teams: Vec::new(),
        stores: Vec::new(),
        clean_rooms: Vec::new(),
        contacts: Vec::new(),
    }
}

fn random_need(dice: &mut Dice, node: usize, sizes: &Sizes) -> Option<Need> {
    let on = nodes(dice.some(3, sizes.assets).into_iter().filter(|it| *it != node).collect());
    let first = *on.first()?;
    let via =
        if dice.once_in(3) { vec![(first, FlowId(dice.below(sizes.flows) as u32))] } else { Vec::new() };
    Some(Need {
        at_least: 1 + dice.below(on.len()) as u32,
        on,
        effect: if dice.once_in(3) { Effect::Degrades } else { Effect::Stops },
        grace: [0, 600, 7_200, 50_000][dice.below(4)],
        via,
    })
}

fn random_lever(dice: &mut Dice, place: usize, sizes: &Sizes) -> Lever {
    let mut lever = Lever {
        id: format!("l{place:04}"),
        label: String::new(),
        isolates: Vec::new(),
        closes: Vec::new(),
        disables: Vec::new(),
        place: None,
        photo: None,
        who: None,
        minutes: None,
        undo: None,
    };
    match dice.below(4) {
        0 => lever.disables = nodes(dice.some(2, sizes.assets)),
        1 => lever.isolates = nodes(dice.some(2, sizes.assets)),
        2 => {
            lever.isolates = nodes(dice.some(1, sizes.assets));
            lever.closes = dice.some(2, sizes.flows).into_iter().map(|it| FlowId(it as u32)).collect();
        }
        _ => lever.closes = dice.some(3, sizes.flows).into_iter().map(|it| FlowId(it as u32)).collect(),
    }
    lever
}

fn random_situation<'m>(dice: &mut Dice, map: &'m Map, assets: usize) -> Situation<'m> {
    let now = Timestamp::UNIX_EPOCH;
    let lost = nodes(if dice.once_in(3) { dice.some(1, assets) } else { Vec::new() });
    let lost = lost.into_iter().map(|node| Loss { node, at: now, how: Effect::Stops }).collect();
    let percent = [100, 70, 40][dice.below(3)];
    let mut scenarios = vec![Scenario { percent, compromised: nodes(dice.some(1, assets)) }];
    if percent < 100 {
        scenarios.push(Scenario { percent: 100 - percent, compromised: nodes(dice.some(3, assets)) });
    }
    Situation::new(map, now, 86_400, 3_600, lost, scenarios)
}

type Row = (i64, i64, Vec<LeverId>);

/// Every set of levers weighed, then every pair compared.
fn exhaustive(situation: &Situation<'_>, levers: &[LeverId]) -> Vec<Row> {
    let mut all: Vec<Row> = Vec::new();
    for mask in 0..1_u32 << levers.len() {
        let set: Vec<LeverId> = levers
            .iter()
            .enumerate()
            .filter(|(place, _)| mask >> place & 1 == 1)
            .map(|(_, it)| *it)
            .collect();
        let cut = Cut::of(situation.map(), &set);
        all.push((situation.price(&cut), situation.danger(&cut), set));
    }
    let beaten = |row: &Row| {
        all.iter().any(|other| {
            let no_worse = other.0 <= row.0 && other.1 <= row.1;
            let better = other.0 < row.0 || other.1 < row.1;
            let earlier = (other.2.len(), &other.2).cmp(&(row.2.len(), &row.2)) == Ordering::Less;
            no_worse && (better || earlier)
        })
    };
    let mut front: Vec<Row> = all.iter().filter(|row| !beaten(row)).cloned().collect();
    front.sort();
    front
}

/// The options as rows; checks on the way that the figures are those of what they do.
fn rows(situation: &Situation<'_>, levers: &[LeverId]) -> (Vec<Row>, bool) {
    let found = options(situation, levers);
    let row = |choice: &respond::Choice| {
        let mut set: Vec<LeverId> = choice.actions.iter().filter_map(|action| action.lever).collect();
        set.sort();
        set.dedup();
        assert_eq!(Cut::of(situation.map(), &set), choice.cut);
        assert_eq!(situation.price(&choice.cut), choice.price);
        assert_eq!(situation.danger(&choice.cut), choice.danger);
        assert_eq!(found.nothing.danger - choice.danger, choice.saved);
        (choice.price, choice.danger, set)
    };
    for choice in &found.by_hand {
        assert!(choice.actions.iter().all(|action| action.lever.is_none()));
        assert!(found.front.iter().all(|it| it.price > choice.price || it.danger > choice.danger));
    }
    (found.front.iter().map(row).collect(), found.exact)
}

fn made(situation: &Situation<'_>, levers: &[LeverId]) -> bool {
    options(situation, levers).front.iter().flat_map(|it| &it.actions).any(|action| action.lever.is_none())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn options_are_the_exhaustive_front(seed in any::<u64>(), assets in 2..12_usize, levers in 0..8_usize) {
        let mut dice = Dice(seed);
        let sizes = Sizes { assets, services: 4, zones: 3, flows: 8, levers };
        let map = random_map(&mut dice, &sizes);
        let situation = random_situation(&mut dice, &map, assets);
        let all: Vec<LeverId> = (0..levers as u32).map(LeverId).collect();
        let expected = exhaustive(&situation, &all);
        if made(&situation, &all) {
            // Made levers stand in only where no lever of the map lessens the danger.
            let nothing = situation.danger(&Cut::default());
            proptest::prop_assert!(expected.iter().all(|row| row.1 >= nothing));
            let found = options(&situation, &all).front;
            proptest::prop_assert!(found.iter().any(|choice| choice.danger < nothing));
            for pair in found.windows(2) {
                proptest::prop_assert!(pair[0].price < pair[1].price && pair[0].danger > pair[1].danger);
            }
        } else {
            prop_assert_eq!(rows(&situation, &all), (expected, true));
        }
    }
}

#[test]
fn twelve_levers() {
    for seed in 0..6 {
        let mut dice = Dice(seed);
        let sizes = Sizes { assets: 14, services: 6, zones: 4, flows: 14, levers: 12 };
        let map = random_map(&mut dice, &sizes);
        let situation = random_situation(&mut dice, &map, 14);
        let all: Vec<LeverId> = (0..12).map(LeverId).collect();
        if !made(&situation, &all) {
            assert_eq!(rows(&situation, &all), (exhaustive(&situation, &all), true), "seed {seed}");
        }
    }
}

#[test]
fn beyond_twelve_levers_the_front_is_close() {
    let (mut found, mut expected) = (0, 0);
    for seed in 0..8 {
        let mut dice = Dice(seed);
        let sizes = Sizes { assets: 18, services: 6, zones: 4, flows: 16, levers: 13 };
        let map = random_map(&mut dice, &sizes);
        let situation = random_situation(&mut dice, &map, 18);
        let all: Vec<LeverId> = (0..13).map(LeverId).collect();
        if made(&situation, &all) {
            continue;
        }
        let (front, exact) = rows(&situation, &all);
        let points = exhaustive_points(&situation, &all);
        let hits = front.iter().filter(|row| points.contains(&(row.0, row.1))).count();
        assert!(!exact || hits == points.len(), "seed {seed}");
        for pair in front.windows(2) {
            assert!(pair[0].0 < pair[1].0 && pair[0].1 > pair[1].1);
        }
        found += hits;
        expected += points.len();
    }
    assert!(expected >= 8, "too few points to tell");
    assert!(found * 10 >= expected * 9, "{found} of {expected}");
}

/// The figures of the exhaustive front, for more levers than pairs can be compared.
fn exhaustive_points(situation: &Situation<'_>, levers: &[LeverId]) -> Vec<(i64, i64)> {
    let mut points: Vec<(i64, i64)> = (0..1_u32 << levers.len())
        .map(|mask| {
            let set: Vec<LeverId> = levers
                .iter()
                .enumerate()
                .filter(|(place, _)| mask >> place & 1 == 1)
                .map(|(_, it)| *it)
                .collect();
            let cut = Cut::of(situation.map(), &set);
            (situation.price(&cut), situation.danger(&cut))
        })
        .collect();
    points.sort_unstable();
    let mut least = i64::MAX;
    points.retain(|point| {
        let stands = point.1 < least;
        least = least.min(point.1);
        stands
    });
    points
}
