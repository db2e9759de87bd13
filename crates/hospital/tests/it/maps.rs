//! Small maps: written by hand in a few words, or drawn at random.

use hospital::{
    Application, Asset, CareService, Control, Effect, End, Flow, FlowId, Kind, Map, Need, Node, NodeId, Site,
    SiteId, Zone, ZoneId,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::subsequence;

/// The instant that tests count from.
pub const START: i64 = 1_764_000_000;

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(START + second).unwrap()
}

pub fn map(mut nodes: Vec<Node>, zones: usize, flows: Vec<Flow>, controls: Vec<Control>) -> Map {
    nodes.sort_by(|a, b| a.id.cmp(&b.id));
    let zones = (0..zones).map(|place| Zone { id: format!("z{place}"), name: String::new(), site: None });
    let site = Site { id: "north".into(), name: "North".into(), address: None, emergency_phone: None };
    Map {
        name: "Test".into(),
        time_zone: TimeZone::UTC,
        degraded: 3,
        beyond: 30,
        spread: 3_600,
        sites: vec![site],
        nodes,
        zones: zones.collect(),
        flows,
        controls,
        levers: Vec::new(),
        teams: Vec::new(),
        stores: Vec::new(),
        clean_rooms: Vec::new(),
        contacts: Vec::new(),
    }
}

pub fn node(id: &str, kind: Kind, needs: Vec<Need>) -> Node {
    Node { id: id.into(), name: id.into(), kind, needs, restore: None, backups: Vec::new() }
}

pub fn care(weight: u32, mtpd: Option<u64>) -> Kind {
    Kind::CareService(CareService {
        site: SiteId(0),
        weight,
        mtpd,
        patients_per_day: None,
        procedure: None,
        holds: None,
        divert_to: None,
        downtime: None,
    })
}

pub fn application() -> Kind {
    Kind::Application(Application::default())
}

pub fn asset(zone: Option<u32>) -> Kind {
    Kind::Asset(Asset {
        kind: if zone.is_some() { "server" } else { "account" }.into(),
        site: None,
        zone: zone.map(ZoneId),
        hosts: Vec::new(),
        ips: Vec::new(),
        macs: Vec::new(),
        aliases: Vec::new(),
        os: None,
        vendor: None,
    })
}

pub fn need(on: &[u32], at_least: u32, effect: Effect, grace: u64) -> Need {
    Need { on: on.iter().copied().map(NodeId).collect(), at_least, effect, grace, via: Vec::new() }
}

pub fn flow(from: End, to: End, open: bool) -> Flow {
    Flow { id: String::new(), from, to, services: Vec::new(), open }
}

/// Graces short enough that instants often meet.
fn grace() -> impl Strategy<Value = u64> {
    prop_oneof![3 => Just(0_u64), 2 => Just(1_u64), 2 => 2_u64..5, 1 => 5_u64..15]
}

fn effect() -> impl Strategy<Value = Effect> {
    prop_oneof![3 => Just(Effect::Stops), 1 => Just(Effect::Degrades)]
}

const FLOWS: usize = 4;
const ZONES: usize = 3;

fn random_need(nodes: usize) -> impl Strategy<Value = Need> {
    let all: Vec<u32> = (0..nodes as u32).collect();
    let via = vec(option::weighted(0.2, 0..FLOWS as u32), nodes);
    (subsequence(all, 1..=nodes.min(4)), 0_u32..4, effect(), grace(), via).prop_map(
        |(on, spare, effect, grace, via)| {
            let at_least = (on.len() as u32).saturating_sub(spare).max(1);
            let through = on.iter().zip(&via);
            let via = through.filter_map(|(on, flow)| flow.map(|flow| (NodeId(*on), FlowId(flow)))).collect();
            Need { via, ..need(&on, at_least, effect, grace) }
        },
    )
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        2 => (0_u32..5, option::of(0_u64..20)).prop_map(|(weight, mtpd)| care(weight, mtpd)),
        1 => Just(application()),
        3 => option::weighted(0.9, 0..ZONES as u32).prop_map(asset),
    ]
}

fn end(assets: Vec<NodeId>) -> BoxedStrategy<End> {
    let zone = (0..ZONES as u32).prop_map(|zone| End::Zone(ZoneId(zone)));
    if assets.is_empty() {
        return zone.boxed();
    }
    prop_oneof![zone, proptest::sample::select(assets).prop_map(End::Asset)].boxed()
}

/// A map of at most nine nodes, with cycles, redundancy, flows and controls; a node never needs itself.
pub fn random_map() -> impl Strategy<Value = Map> {
    let nodes = (2_usize..10)
        .prop_flat_map(|nodes| vec((kind(), vec(random_need(nodes), 0..3)), nodes))
        .prop_map(without_self);
    nodes.prop_flat_map(|nodes| {
        let is_asset = |node: &(usize, &Node)| matches!(node.1.kind, Kind::Asset(_));
        let assets = nodes.iter().enumerate().filter(is_asset);
        let assets: Vec<NodeId> = assets.map(|(place, _)| NodeId(place as u32)).collect();
        let flows = vec((end(assets.clone()), end(assets.clone()), any::<bool>()), FLOWS);
        let controls = match assets.len() {
            0 => Just(Vec::new()).boxed(),
            some => vec((0..some, subsequence(assets.clone(), 1..=some)), 0..3).boxed(),
        };
        (Just(nodes), flows, controls).prop_map(move |(nodes, flows, controls)| {
            let flows = flows.into_iter().map(|(from, to, open)| flow(from, to, open)).collect();
            let controls = controls.into_iter().map(|(from, over)| Control { from: assets[from], over });
            map(nodes, ZONES, flows, controls.collect())
        })
    })
}

fn without_self(nodes: Vec<(Kind, Vec<Need>)>) -> Vec<Node> {
    let rows = nodes.into_iter().enumerate().map(|(place, (kind, mut needs))| {
        for need in &mut needs {
            need.on.retain(|provider| provider.index() != place);
            need.via.retain(|(provider, _)| provider.index() != place);
            need.at_least = need.at_least.min(need.on.len() as u32);
        }
        needs.retain(|need| !need.on.is_empty());
        node(&format!("n{place}"), kind, needs)
    });
    rows.collect()
}
