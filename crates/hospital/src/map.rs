//! The map as a value: what was read from its files, checked and resolved.
//!
//! Invariant: `nodes`, `sites`, `zones`, `flows`, `levers` and `stores` are each sorted by `id`, and
//! every index in the map points inside its table; so comparing two [`NodeId`]s compares their ids.

use std::net::IpAddr;

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident),+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(pub u32);
        impl $name {
            /// Place in its table.
            #[must_use]
            pub fn index(self) -> usize { self.0 as usize }
        }
    )+};
}
index!(
    /// Place of a node in [`Map::nodes`]; in the order of ids.
    NodeId,
    /// Place of a site in [`Map::sites`].
    SiteId,
    /// Place of a zone in [`Map::zones`].
    ZoneId,
    /// Place of a flow in [`Map::flows`].
    FlowId,
    /// Place of a lever in [`Map::levers`].
    LeverId,
    /// Place of a store in [`Map::stores`].
    StoreId
);

/// A hospital group, whole.
#[derive(Clone, Debug)]
pub struct Map {
    /// Name of the group.
    pub name: String,
    /// Time zone of the group, for `daily` hours and for civil deadlines.
    pub time_zone: TimeZone,
    /// Harm of an hour degraded, in tenths of an hour stopped (`d`, 3 unless said).
    pub degraded: u32,
    /// Harm of an hour stopped beyond `mtpd`, in tenths of an hour stopped (`e`, 30 unless said).
    pub beyond: u32,
    /// How long an attacker takes to spread to what is reachable, in seconds (3,600 unless said).
    pub spread: u64,
    /// Sites, by id.
    pub sites: Vec<Site>,
    /// Care services, applications and assets, by id.
    pub nodes: Vec<Node>,
    /// Network zones, by id.
    pub zones: Vec<Zone>,
    /// Flows, by id.
    pub flows: Vec<Flow>,
    /// Controls, in file order.
    pub controls: Vec<Control>,
    /// Levers, by id.
    pub levers: Vec<Lever>,
    /// Teams, in file order.
    pub teams: Vec<Team>,
    /// Backup stores, by id.
    pub stores: Vec<Store>,
    /// Clean rooms, in file order.
    pub clean_rooms: Vec<CleanRoom>,
    /// Contacts, in file order.
    pub contacts: Vec<Contact>,
}

/// A hospital, a nursing home: a place. It neither needs nor is needed.
#[derive(Clone, Debug)]
pub struct Site {
    /// Slug.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Postal address.
    pub address: Option<String>,
    /// Telephone that survives.
    pub emergency_phone: Option<String>,
}

/// What can be up, degraded or stopped.
#[derive(Clone, Debug)]
pub struct Node {
    /// Slug, unique over all kinds.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// What it needs, in file order.
    pub needs: Vec<Need>,
    /// Its restoration steps; `None` where the map says nothing of its return.
    pub restore: Option<Vec<Step>>,
    /// Its known backups.
    pub backups: Vec<Backup>,
}

/// The three kinds of node.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A ward or a service that gives care.
    CareService(CareService),
    /// An application that people use.
    Application(Application),
    /// A machine, a device, a web site, an account.
    Asset(Asset),
}

/// Attributes of a care service.
#[derive(Clone, Debug)]
pub struct CareService {
    /// Where it is.
    pub site: SiteId,
    /// Harm per hour stopped, relative, 0–100.
    pub weight: u32,
    /// Maximum tolerable period of disruption, in seconds.
    pub mtpd: Option<u64>,
    /// For people: how many patients a day.
    pub patients_per_day: Option<u32>,
    /// For people: the paper procedure.
    pub procedure: Option<String>,
    /// For people: how long the procedure holds, in seconds.
    pub holds: Option<u64>,
    /// For people: where patients are diverted to.
    pub divert_to: Option<String>,
    /// For people: where the downtime computer, forms, last census print and telephone stand.
    pub downtime: Option<String>,
}

/// Attributes of an application.
#[derive(Clone, Debug, Default)]
pub struct Application {
    /// Vendor.
    pub vendor: Option<String>,
    /// Who owns it in the hospital.
    pub owner: Option<String>,
    /// How many persons' data it holds.
    pub persons: Option<u64>,
}

/// Attributes of an asset.
#[derive(Clone, Debug)]
pub struct Asset {
    /// `server`, `workstation`, `account`, … as the map's author wrote it.
    pub kind: String,
    /// Where it is (an account may be nowhere).
    pub site: Option<SiteId>,
    /// Its network zone; an account has none.
    pub zone: Option<ZoneId>,
    /// Host names, as written.
    pub hosts: Vec<String>,
    /// Addresses.
    pub ips: Vec<IpAddr>,
    /// Hardware addresses.
    pub macs: Vec<[u8; 6]>,
    /// Other names it goes by in logs.
    pub aliases: Vec<String>,
    /// Operating system.
    pub os: Option<String>,
    /// Vendor.
    pub vendor: Option<String>,
}

/// `node` is stopped (or degraded) once fewer than `at_least` of `on` are up, after `grace`.
#[derive(Clone, Debug)]
pub struct Need {
    /// Providers, different, never the node itself, in file order.
    pub on: Vec<NodeId>,
    /// How many of them must be up; 1 ≤ `at_least` ≤ `on.len()`.
    pub at_least: u32,
    /// What a broken need does.
    pub effect: Effect,
    /// How long the node does without, in seconds.
    pub grace: u64,
    /// Providers reached through a flow: while it is closed they count as stopped for this need.
    pub via: Vec<(NodeId, FlowId)>,
}

/// What a broken need does to the node that has it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Effect {
    /// The node stops.
    Stops,
    /// The node goes on, worse.
    Degrades,
}

/// A network segment.
#[derive(Clone, Debug)]
pub struct Zone {
    /// Slug; `internet` is reserved.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Its site; `internet` has none.
    pub site: Option<SiteId>,
}

/// One end of a flow.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum End {
    /// Every asset of a zone.
    Zone(ZoneId),
    /// One asset.
    Asset(NodeId),
}

/// A way that traffic may take, from `from` to `to` only.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Slug.
    pub id: String,
    /// Where it starts.
    pub from: End,
    /// Where it leads.
    pub to: End,
    /// What it is for (`smb`, `dicom`, …).
    pub services: Vec<String>,
    /// Whether it is open today.
    pub open: bool,
}

/// `from` controls each of `over` without needing a flow.
#[derive(Clone, Debug)]
pub struct Control {
    /// Hypervisor, directory server, backup server, account.
    pub from: NodeId,
    /// What it controls.
    pub over: Vec<NodeId>,
}

/// Something a person can pull at night, with what a cut card must say.
#[derive(Clone, Debug)]
pub struct Lever {
    /// Slug.
    pub id: String,
    /// Words on the label.
    pub label: String,
    /// Assets isolated or switched off.
    pub isolates: Vec<NodeId>,
    /// Flows closed.
    pub closes: Vec<FlowId>,
    /// Accounts disabled, or servers whose accounts are.
    pub disables: Vec<NodeId>,
    /// Building, room, rack.
    pub place: Option<String>,
    /// Picture of the place.
    pub photo: Option<String>,
    /// Who may pull it.
    pub who: Option<String>,
    /// How long it takes, in minutes.
    pub minutes: Option<u32>,
    /// How to undo it.
    pub undo: Option<String>,
}

/// A step of a node's restoration: the place of its node and its place in [`Node::restore`].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct StepId {
    /// The node restored.
    pub node: NodeId,
    /// Place in its steps.
    pub step: u32,
}

/// One step of a restoration, never interrupted.
#[derive(Clone, Debug)]
pub struct Step {
    /// Unique over the map (`pacs-a.os`).
    pub id: String,
    /// What takes time.
    pub work: Work,
    /// Steps, of any node, that must be done before.
    pub after: Vec<StepId>,
    /// People it takes: skill and number.
    pub people: Vec<(String, u32)>,
    /// Clean-room places it takes.
    pub clean: u32,
}

/// What a step's time is made of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Work {
    /// Seconds: optimistic, likely, pessimistic; plans use the likely one.
    Labour {
        /// Best case.
        optimistic: u64,
        /// What plans use.
        likely: u64,
        /// Worst case.
        pessimistic: u64,
    },
    /// Reading a copy back: `size / rate`, rounded up to whole seconds.
    Copy {
        /// Where the copy is.
        store: StoreId,
        /// Bytes.
        size: u64,
        /// Bytes a second of this copy; the store's where absent.
        rate: Option<u64>,
    },
}

/// A copy of a node.
#[derive(Clone, Debug)]
pub struct Backup {
    /// Where it is kept.
    pub store: StoreId,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// Whether it is out of an attacker's reach.
    pub offline: bool,
    /// When a restore from it was last tested (the start of that day where only a date is known).
    pub tested_at: Option<Timestamp>,
}

/// People who restore.
#[derive(Clone, Debug)]
pub struct Team {
    /// Slug.
    pub id: String,
    /// What they can do.
    pub skill: String,
    /// How many they are.
    pub number: u32,
    /// From when they are there; always, where absent.
    pub from: Option<Timestamp>,
    /// Until when; for ever, where absent.
    pub until: Option<Timestamp>,
    /// Daily hours in the map's time zone, start and end; the end may be past midnight.
    pub daily: Option<(Time, Time)>,
    /// Whether they can be called outside of their hours (for people; outside the arithmetic).
    pub on_call: bool,
}

/// Where copies are kept.
#[derive(Clone, Debug)]
pub struct Store {
    /// Slug.
    pub id: String,
    /// The asset that holds it, where it is one: the store is lost with it.
    pub asset: Option<NodeId>,
    /// Bytes a second, for all running copies together.
    pub rate: Option<u64>,
}

/// A clean room: places where machines are rebuilt away from the attacker.
#[derive(Clone, Debug)]
pub struct CleanRoom {
    /// Slug.
    pub id: String,
    /// Places.
    pub places: u32,
}

/// Whom to call.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Slug.
    pub id: String,
    /// Person or role.
    pub name: String,
    /// Role in a crisis.
    pub role: Option<String>,
    /// Contact whom they stand in for.
    pub stands_in_for: Option<String>,
    /// Ways to reach them (`tel:…`, `radio:…`, `sms:…`).
    pub channels: Vec<String>,
    /// What their channels survive the loss of (`telephony`, `network`, …).
    pub survives: Vec<String>,
}

impl Map {
    /// The node of that id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<NodeId> {
        let place = self.nodes.binary_search_by(|node| node.id.as_str().cmp(id)).ok()?;
        Some(NodeId(place as u32))
    }

    /// A node.
    #[must_use]
    pub fn node(&self, node: NodeId) -> &Node {
        &self.nodes[node.index()]
    }

    /// The id of a node.
    #[must_use]
    pub fn id(&self, node: NodeId) -> &str {
        &self.nodes[node.index()].id
    }

    /// Every node with its place.
    pub fn all(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.iter().enumerate().map(|(place, node)| (NodeId(place as u32), node))
    }

    /// Every care service with its place.
    pub fn care(&self) -> impl Iterator<Item = (NodeId, &Node, &CareService)> {
        self.all().filter_map(|(id, node)| match &node.kind {
            Kind::CareService(care) => Some((id, node, care)),
            _ => None,
        })
    }

    /// Every asset with its place.
    pub fn assets(&self) -> impl Iterator<Item = (NodeId, &Node, &Asset)> {
        self.all().filter_map(|(id, node)| match &node.kind {
            Kind::Asset(asset) => Some((id, node, asset)),
            _ => None,
        })
    }
}

impl Asset {
    /// Whether it is an account: no zone, and disabling it stops nothing.
    #[must_use]
    pub fn is_account(&self) -> bool {
        self.kind == "account"
    }
}
