//! How long a large map takes: laying it flat, a loss that fells most of it, and small what-ifs.

use std::time::{Duration, Instant};

use hospital::{
    Application, Asset, CareService, Closures, Cut, Effect, End, Flow, Kind, Loss, Map, Need, Node, NodeId,
    Scenario, Site, SiteId, Situation, Wiring, Zone, ZoneId,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;

const NODES: u32 = 100_000;
const NEEDS_EACH: u32 = 5;
const ZONES: u32 = 200;
/// The first node that is not a care service, and the first that is an asset.
const APPLICATIONS: u32 = 1_000;
const ASSETS: u32 = 20_000;
/// Assets that need each other.
const BLOCK: u32 = 50;

fn main() {
    let map = large_map();
    let now = Timestamp::UNIX_EPOCH;
    println!("nodes {NODES}");
    println!("needs {}", map.nodes.iter().map(|node| node.needs.len()).sum::<usize>());
    let (wiring, laid) = timed(|| Wiring::new(&map));
    println!("index_ms {:.1}", milliseconds(laid));

    let lost = |node| Loss { node: NodeId(node), at: now, how: Effect::Stops };
    let losses: Vec<Loss> = (ASSETS..NODES).step_by(BLOCK as usize).map(lost).collect();
    let (impact, worked_out) = timed(|| wiring.impact(&losses, &Closures::default(), None));
    println!("losses {} failed {}", losses.len(), impact.failed().len());
    println!("impact_ms {:.1}", milliseconds(worked_out));

    let scenarios = vec![Scenario { percent: 100, compromised: vec![NodeId(NODES - 1)] }];
    let situation = Situation::new(&map, now, 86_400, 3_600, vec![lost(NODES - 1)], scenarios);
    let cut = |asset| Cut { isolated: vec![NodeId(asset)], ..Cut::default() };
    let (_, asked) = timed(|| (NODES - 100..NODES).map(|asset| situation.price(&cut(asset))).sum::<i64>());
    println!("price_ms {:.3}", milliseconds(asked) / 100.0);
    let (_, asked) = timed(|| situation.danger(&Cut::default()));
    println!("danger_ms {:.1}", milliseconds(asked));
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    (work(), start.elapsed())
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(bound)) as u32
    }
}

/// Care services need applications, these need assets, and assets need others of their block; three
/// providers a need. A loss in every block fells nearly everything; a single one, a few hundred nodes.
fn large_map() -> Map {
    let mut dice = Dice(4);
    let nodes = (0..NODES).map(|place| Node {
        id: format!("n{place:06}"),
        name: String::new(),
        kind: kind(place),
        needs: (0..NEEDS_EACH).map(|_| need(place, &mut dice)).collect(),
        restore: None,
        backups: Vec::new(),
    });
    let nodes = nodes.collect();
    let zone = |place| Zone { id: format!("z{place:03}"), name: String::new(), site: None };
    let site = Site { id: "s".into(), name: String::new(), address: None, emergency_phone: None };
    let flow = |place| Flow {
        id: format!("f{place:03}"),
        from: End::Zone(ZoneId(place)),
        to: End::Zone(ZoneId((place + 7) % ZONES)),
        services: Vec::new(),
        open: true,
    };
    Map {
        name: String::new(),
        time_zone: TimeZone::UTC,
        degraded: 3,
        beyond: 30,
        spread: 3_600,
        sites: vec![site],
        nodes,
        zones: (0..ZONES).map(zone).collect(),
        flows: (0..ZONES).map(flow).collect(),
        controls: Vec::new(),
        levers: Vec::new(),
        teams: Vec::new(),
        stores: Vec::new(),
        clean_rooms: Vec::new(),
        contacts: Vec::new(),
    }
}

fn need(place: u32, dice: &mut Dice) -> Need {
    let (first, count) = match place {
        ..APPLICATIONS => (APPLICATIONS, ASSETS - APPLICATIONS),
        APPLICATIONS..ASSETS => (ASSETS, NODES - ASSETS),
        ASSETS.. => (place - place % BLOCK, BLOCK),
    };
    let mut on: Vec<NodeId> = (0..3).map(|_| NodeId(first + dice.below(count))).collect();
    on.sort_unstable();
    on.dedup();
    on.retain(|provider| provider.0 != place);
    if on.is_empty() {
        on.push(NodeId(first + (place - first + 1) % count));
    }
    Need {
        at_least: 1 + dice.below(on.len() as u32),
        on,
        effect: if dice.below(4) == 0 { Effect::Degrades } else { Effect::Stops },
        grace: u64::from(dice.below(8)) * 900,
        via: Vec::new(),
    }
}

fn kind(place: u32) -> Kind {
    match place {
        ..APPLICATIONS => Kind::CareService(CareService {
            site: SiteId(0),
            weight: 1 + place % 100,
            mtpd: Some(14_400),
            patients_per_day: None,
            procedure: None,
            holds: None,
            divert_to: None,
            downtime: None,
        }),
        APPLICATIONS..ASSETS => Kind::Application(Application::default()),
        ASSETS.. => Kind::Asset(Asset {
            kind: "server".into(),
            site: None,
            zone: Some(ZoneId(place % ZONES)),
            hosts: Vec::new(),
            ips: Vec::new(),
            macs: Vec::new(),
            aliases: Vec::new(),
            os: None,
            vendor: None,
        }),
    }
}
