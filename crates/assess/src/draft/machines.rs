//! Machines, put together from the inventory, from names and from bare addresses.
//!
//! Invariant: a host name, an address and a hardware address belong to one machine only, the first
//! that claims it: the inventory before what speaks, what speaks before what is only spoken to.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::inventory::{Inventory, Row};
use super::names::{self, Ids};
use super::observe::{End, Role};
use super::seen::{Seen, Sight};
use super::service::{Service, Want};
use hospital::Effect;

/// How often a client must be seen at a service before a need is guessed.
const OFTEN: u64 = 3;
/// Clients from which on a machine is taken for a server.
const CLIENTS: usize = 3;
/// Addresses kept for a machine.
const ADDRESSES: usize = 4;

/// One machine of the draft.
#[derive(Debug, Default)]
pub(super) struct Machine {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) host: Option<String>,
    pub(super) ips: Vec<IpAddr>,
    pub(super) macs: Vec<[u8; 6]>,
    pub(super) os: Option<String>,
    pub(super) vendor: Option<String>,
    pub(super) site: Option<String>,
    pub(super) zone: Option<String>,
    pub(super) kind: String,
    /// Why it is of that kind: a key of words; none where the inventory says so.
    pub(super) kind_guess: Option<&'static str>,
    roles: BTreeSet<Role>,
    member: bool,
    in_inventory: bool,
}

/// A need guessed: providers, how many are enough, what its loss does, and the service seen.
#[derive(Debug)]
pub(super) struct Guess {
    pub(super) on: Vec<usize>,
    pub(super) any: bool,
    pub(super) effect: Effect,
    pub(super) service: String,
}

/// All machines, with who talks to whom.
#[derive(Debug, Default)]
pub(super) struct Machines {
    pub(super) all: Vec<Machine>,
    /// From, to, service: how often; no machine stands for the Internet.
    pub(super) talks: BTreeMap<(Option<usize>, Option<usize>, Service), u64>,
    by_name: BTreeMap<String, usize>,
    by_ip: BTreeMap<IpAddr, usize>,
    macs: BTreeSet<[u8; 6]>,
}

impl Machines {
    pub(super) fn assemble(inventory: &Inventory, seen: &Seen) -> Machines {
        let mut machines = Machines::default();
        for row in &inventory.rows {
            machines.take_row(row);
        }
        for (end, sight) in &seen.ends {
            if let End::Host(name) = end {
                machines.take_name(name, sight);
            }
        }
        for (ip, answers) in &seen.answers {
            let best =
                answers.iter().max_by_key(|(name, times)| (**times, std::cmp::Reverse((*name).clone())));
            if let Some(machine) =
                best.and_then(|(name, _)| machines.by_name.get(names::parts(name).0).copied())
            {
                machines.claim_ip(machine, *ip);
            }
        }
        for (end, sight) in &seen.ends {
            if let End::Address(ip) = end {
                machines.take_address(*ip, sight);
            }
        }
        machines.listen(seen);
        machines.identify();
        machines
    }

    /// Directory servers, in order.
    pub(super) fn directories(&self) -> impl Iterator<Item = usize> {
        self.all
            .iter()
            .enumerate()
            .filter(|(_, it)| it.roles.contains(&Role::Directory))
            .map(|(place, _)| place)
    }

    /// Machines that a directory controls.
    pub(super) fn members(&self) -> impl Iterator<Item = usize> {
        let joined = |it: &Machine| it.member || it.roles.contains(&Role::Windows);
        self.all.iter().enumerate().filter(move |(_, it)| joined(it)).map(|(place, _)| place)
    }

    /// What each machine seems to need.
    pub(super) fn needs(&self) -> BTreeMap<usize, Vec<Guess>> {
        let mut any: BTreeMap<(usize, &str), (Effect, Vec<usize>)> = BTreeMap::new();
        let mut needs: BTreeMap<usize, Vec<Guess>> = BTreeMap::new();
        for ((from, to, service), times) in &self.talks {
            let (Some(from), Some(to)) = (*from, *to) else { continue };
            if *times < OFTEN || from == to {
                continue;
            }
            match service.want() {
                Some(Want::AnyOf(class, effect)) => {
                    any.entry((from, class)).or_insert((effect, Vec::new())).1.push(to);
                }
                Some(Want::Each(effect)) => needs.entry(from).or_default().push(Guess {
                    on: vec![to],
                    any: false,
                    effect,
                    service: service.to_string(),
                }),
                None => {}
            }
        }
        for ((from, class), (effect, mut on)) in any {
            on.sort_unstable();
            on.dedup();
            needs.entry(from).or_default().push(Guess { on, any: true, effect, service: class.to_owned() });
        }
        needs
    }

    fn take_row(&mut self, row: &Row) {
        let known = row.hosts.iter().find_map(|host| self.by_name.get(names::parts(host).0).copied());
        let place = known.unwrap_or_else(|| self.add(row.hosts.first().map(String::as_str)));
        for ip in row.ips.iter().take(ADDRESSES) {
            self.claim_ip(place, *ip);
        }
        for mac in &row.macs {
            self.claim_mac(place, *mac);
        }
        let machine = &mut self.all[place];
        machine.in_inventory = true;
        machine.name =
            row.label.clone().or_else(|| row.hosts.first().cloned()).unwrap_or_else(|| machine.name.clone());
        machine.os = machine.os.take().or_else(|| row.os.clone());
        machine.vendor = machine.vendor.take().or_else(|| row.vendor.clone());
        machine.site = machine.site.take().or_else(|| row.site.clone());
        machine.zone = machine.zone.take().or_else(|| row.zone.clone());
        if let Some(kind) = &row.kind {
            machine.kind = kind_of(kind).map_or_else(|| names::slug(kind).unwrap_or_default(), str::to_owned);
        }
    }

    fn take_name(&mut self, name: &str, sight: &Sight) {
        let short = names::parts(name).0;
        let place = self.by_name.get(short).copied().unwrap_or_else(|| self.add(Some(name)));
        let mut votes: Vec<(&IpAddr, &u64)> = sight.addresses.iter().collect();
        votes.sort_by_key(|(ip, times)| (std::cmp::Reverse(**times), **ip));
        for (ip, _) in votes.into_iter().take(ADDRESSES) {
            self.claim_ip(place, *ip);
        }
        for mac in &sight.cards {
            self.claim_mac(place, *mac);
        }
        self.learn(place, sight);
    }

    fn take_address(&mut self, ip: IpAddr, sight: &Sight) {
        if !names::inside(ip) {
            return;
        }
        let place = self.by_ip.get(&ip).copied().unwrap_or_else(|| {
            let place = self.add(None);
            self.claim_ip(place, ip);
            place
        });
        self.learn(place, sight);
    }

    fn learn(&mut self, place: usize, sight: &Sight) {
        let machine = &mut self.all[place];
        machine.roles.extend(&sight.roles);
        machine.member |= sight.member;
        machine.os = machine.os.take().or_else(|| sight.system.clone());
    }

    fn add(&mut self, host: Option<&str>) -> usize {
        let place = self.all.len();
        if let Some(host) = host {
            self.by_name.insert(names::parts(host).0.to_owned(), place);
        }
        self.all.push(Machine { host: host.map(str::to_owned), ..Machine::default() });
        place
    }

    fn claim_ip(&mut self, place: usize, ip: IpAddr) {
        if let Entry::Vacant(free) = self.by_ip.entry(ip) {
            free.insert(place);
            self.all[place].ips.push(ip);
        }
    }

    fn claim_mac(&mut self, place: usize, mac: [u8; 6]) {
        if self.macs.insert(mac) {
            self.all[place].macs.push(mac);
        }
    }

    fn find(&self, end: &End) -> Option<usize> {
        match end {
            End::Host(name) => self.by_name.get(names::parts(name).0).copied(),
            End::Address(ip) => self.by_ip.get(ip).copied(),
        }
    }

    fn listen(&mut self, seen: &Seen) {
        for ((from, to, service), times) in &seen.talks {
            let outside = |end: &End| matches!(end, End::Address(ip) if !names::inside(*ip));
            let (a, b) = (self.find(from), self.find(to));
            if (a.is_none() && !outside(from))
                || (b.is_none() && !outside(to))
                || (a.is_none() && b.is_none())
            {
                continue;
            }
            *self.talks.entry((a, b, *service)).or_default() += times;
        }
    }

    /// Ids, names and kinds, once all is known.
    fn identify(&mut self) {
        let mut clients: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        let mut medical = BTreeSet::new();
        for (from, to, service) in self.talks.keys() {
            if let (Some(from), Some(to)) = (from, to) {
                if service.is_served() {
                    clients.entry(*to).or_default().insert(*from);
                }
                if service.is_medical() {
                    medical.insert(*from);
                }
            }
        }
        let mut ids = Ids::new();
        for (place, machine) in self.all.iter_mut().enumerate() {
            let short = machine.host.as_deref().map(|host| names::parts(host).0);
            let address = machine.ips.first().map(|ip| format!("host {ip}"));
            let wanted = short.map(str::to_owned).or(address).unwrap_or_else(|| machine.name.clone());
            machine.id = ids.give(&names::slug(&wanted).unwrap_or_else(|| "machine".to_owned()));
            if machine.name.is_empty() {
                machine.name = short.map_or_else(|| wanted.clone(), str::to_owned);
            }
            if machine.kind.is_empty() {
                let many = clients.get(&place).map_or(0, BTreeSet::len) >= CLIENTS;
                let (kind, why) = guess_kind(machine, many, medical.contains(&place));
                machine.kind = kind.to_owned();
                machine.kind_guess = Some(why);
            }
        }
    }
}

fn guess_kind(machine: &Machine, many_clients: bool, medical: bool) -> (&'static str, &'static str) {
    let roles = [
        (Role::Directory, "server"),
        (Role::Names, "server"),
        (Role::Hypervisor, "hypervisor"),
        (Role::Firewall, "firewall"),
        (Role::Vpn, "vpn"),
        (Role::Website, "website"),
    ];
    let role = roles.into_iter().find(|(role, _)| machine.roles.contains(role));
    let os = machine.os.as_deref().map(str::to_lowercase).unwrap_or_default();
    let short = machine.host.as_deref().unwrap_or_default();
    if let Some((_, kind)) = role {
        (kind, "guess-kind-role")
    } else if os.contains("server") || os.contains("linux") || os.contains("esx") {
        ("server", "guess-kind-os")
    } else if os.contains("windows") {
        ("workstation", "guess-kind-os")
    } else if ["srv", "sv", "vm"].iter().any(|start| short.starts_with(start)) {
        ("server", "guess-kind-name")
    } else if ["pc", "ws", "lap", "poste", "desktop"].iter().any(|start| short.starts_with(start)) {
        ("workstation", "guess-kind-name")
    } else if many_clients {
        ("server", "guess-kind-clients")
    } else if medical {
        ("medical-device", "guess-kind-medical")
    } else {
        ("workstation", "guess-kind-none")
    }
}

/// The kind that a word of an inventory stands for.
fn kind_of(text: &str) -> Option<&'static str> {
    let folded = names::fold(text);
    let words = [
        (["hyperviseur", "hypervisor", "esx"], "hypervisor"),
        (["serveur", "server", "vm"], "server"),
        (["poste", "workstation", "portable"], "workstation"),
        (["laptop", "ordinateur", "desktop"], "workstation"),
        (["commutateur", "switch", "routeur"], "switch"),
        (["pare feu", "firewall", "parefeu"], "firewall"),
        (["imprimante", "printer", "copieur"], "printer"),
        (["biomed", "medical", "modalite"], "medical-device"),
        (["stockage", "storage", "nas"], "storage"),
        (["sauvegarde", "backup", "bandotheque"], "backup"),
    ];
    words.into_iter().find(|(words, _)| words.iter().any(|word| folded.contains(word))).map(|(_, kind)| kind)
}
