//! The demonstration group as its logs know it: machines by role, people by role label.
//!
//! Roles are read from the map's own words (kind, operating system, names). Invariant: a `World` has
//! at least one machine of every group that the nights draw from.

use std::io;
use std::net::{IpAddr, Ipv4Addr};

use hospital::Map;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::dice::Dice;
use crate::log::Micros;

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) zone: TimeZone,
    /// DNS name of the directory, lower case.
    pub(crate) domain: String,
    /// Its short name, upper case.
    pub(crate) short: String,
    /// Its identifier, up to the account's own number.
    pub(crate) sid: String,
    /// Newest backup on the map: the nights come after it.
    newest_backup: Option<Timestamp>,
    pub(crate) machines: Vec<Machine>,
    pub(crate) people: Vec<Person>,
    pub(crate) controllers: Vec<u32>,
    /// Windows servers that are no domain controller.
    pub(crate) servers: Vec<u32>,
    /// Those of them that keep the backups.
    pub(crate) backups: Vec<u32>,
    /// Those of them that keep the departments' files.
    pub(crate) file_servers: Vec<u32>,
    /// Where the patient record runs.
    pub(crate) record_server: u32,
    /// Where images are kept.
    pub(crate) image_server: u32,
    pub(crate) workstations: Vec<u32>,
    pub(crate) linux: Vec<u32>,
    pub(crate) sites: Vec<u32>,
    pub(crate) firewalls: Vec<u32>,
    /// The firewall that stands before the VPN gateway.
    pub(crate) edge: u32,
    /// The VPN gateway.
    pub(crate) gateway: u32,
    pub(crate) devices: Vec<u32>,
    /// Places in `people`.
    pub(crate) staff: Vec<u32>,
    pub(crate) admins: Vec<u32>,
    pub(crate) services: Vec<u32>,
}

/// A machine that writes logs, or is spoken to.
#[derive(Debug)]
pub(crate) struct Machine {
    /// Id on the map.
    pub(crate) id: String,
    /// Short host name, as written on the map.
    pub(crate) host: String,
    pub(crate) full: String,
    pub(crate) ip: IpAddr,
    /// Whether Sysmon runs on it.
    pub(crate) sysmon: bool,
    pub(crate) shipping: Shipping,
}

/// How a machine's Windows events reach the evidence folder.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Shipping {
    /// Exported by hand, one EVTX file a channel.
    Evtx,
    /// Shipped as they happen, in the Elastic common schema.
    Winlogbeat,
    /// Shipped as they happen, fields at the top.
    Flat,
}

/// An account. No name of a person: a role label.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) name: String,
    /// Id on the map, where the account is on it.
    pub(crate) asset: Option<String>,
    pub(crate) sid: String,
    pub(crate) admin: bool,
    /// Their workstation; a server for service accounts.
    pub(crate) station: u32,
}

impl World {
    pub(crate) fn new(map: &Map, seed: u64) -> io::Result<World> {
        let mut dice = Dice::part(seed, "world");
        let full = map.assets().flat_map(|(_, _, asset)| &asset.hosts).find(|host| host.contains('.'));
        let domain = full.and_then(|host| host.split_once('.')).map_or("ght.example", |(_, domain)| domain);
        let parts = [(); 3].map(|()| dice.between(600_000_000, 4_000_000_000));
        let mut world = World {
            zone: map.time_zone.clone(),
            domain: domain.to_lowercase(),
            short: domain.split('.').next().unwrap_or(domain).to_uppercase(),
            sid: format!("S-1-5-21-{}-{}-{}", parts[0], parts[1], parts[2]),
            newest_backup: map.nodes.iter().flat_map(|it| &it.backups).map(|it| it.taken_at).max(),
            machines: Vec::new(),
            people: Vec::new(),
            controllers: Vec::new(),
            servers: Vec::new(),
            backups: Vec::new(),
            file_servers: Vec::new(),
            record_server: 0,
            image_server: 0,
            workstations: Vec::new(),
            linux: Vec::new(),
            sites: Vec::new(),
            firewalls: Vec::new(),
            edge: 0,
            gateway: 0,
            devices: Vec::new(),
            staff: Vec::new(),
            admins: Vec::new(),
            services: Vec::new(),
        };
        let mut accounts = Vec::new();
        for (_, node, asset) in map.assets() {
            if asset.is_account() {
                let name = asset.aliases.first().or(asset.hosts.first()).unwrap_or(&node.id);
                accounts.push((name.to_lowercase(), node.id.clone()));
            } else {
                world.add(&node.id, asset);
            }
        }
        world.check()?;
        world.populate(&accounts, &mut dice);
        Ok(world)
    }

    /// Local midnight of the day on which the night begins: the day after the newest backup, since a
    /// later one would have been taken too.
    pub(crate) fn midnight(&self) -> Micros {
        let backup = self.newest_backup.unwrap_or(Timestamp::UNIX_EPOCH + (20_500 * 24).hours());
        let date = backup.to_zoned(self.zone.clone()).date().saturating_add(1.day());
        date.to_zoned(self.zone.clone()).map_or(backup, |it| it.timestamp()).as_microsecond()
    }

    pub(crate) fn machine(&self, machine: u32) -> &Machine {
        &self.machines[machine as usize]
    }

    pub(crate) fn person(&self, person: u32) -> &Person {
        &self.people[person as usize]
    }

    fn add(&mut self, id: &str, asset: &hospital::Asset) {
        let Some(name) = asset.hosts.first() else { return };
        let place = self.machines.len() as u32;
        let site = has_any(&asset.kind.to_lowercase(), &["web"]);
        // A public site has an address on the Internet, which the map need not know.
        let public = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 10 + (self.sites.len() % 200) as u8));
        let Some(ip) = asset.ips.first().or(site.then_some(&public)) else { return };
        let words = format!("{id} {} {name} {}", asset.kind, asset.aliases.join(" ")).to_lowercase();
        let system = asset.os.as_deref().unwrap_or_default().to_lowercase();
        let has = |any: &[&str]| has_any(&words, any);
        let windows = system.contains("windows");
        let server = windows && (system.contains("server") || has(&["server", "srv"]));
        let group = if server && has(&["-ad-", "-ad0", "-dc-", "-dc0", "directory", "domain"]) {
            &mut self.controllers
        } else if server {
            &mut self.servers
        } else if has(&["firewall", "vpn", "fw-"]) {
            &mut self.firewalls
        } else if windows && has(&["workstation", "pc-", "ws-", "poste"]) {
            &mut self.workstations
        } else if site {
            &mut self.sites
        } else if system.contains("linux")
            || ["debian", "ubuntu", "red hat", "rhel"].iter().any(|it| system.contains(it))
        {
            &mut self.linux
        } else {
            &mut self.devices
        };
        group.push(place);
        let (host, full) = match name.split_once('.') {
            Some((host, _)) => (host.to_owned(), name.clone()),
            None => (name.clone(), format!("{name}.{}", self.domain)),
        };
        let shipping = match (server, self.controllers.last() == Some(&place)) {
            (_, true) => Shipping::Evtx,
            (true, _) if self.servers.len() % 4 == 1 => Shipping::Evtx,
            (true, _) => Shipping::Winlogbeat,
            _ => Shipping::Flat,
        };
        let sysmon = server || place.is_multiple_of(4);
        self.machines.push(Machine { id: id.to_owned(), host, full, ip: *ip, sysmon, shipping });
    }

    /// Groups that may be absent fall back on others; those that may not are errors.
    fn check(&mut self) -> io::Result<()> {
        let needed = [
            ("domain controllers", &self.controllers, 1),
            ("Windows servers", &self.servers, 8),
            ("workstations", &self.workstations, 8),
        ];
        for (name, group, least) in needed {
            if group.len() < least {
                let what =
                    format!("the map has {} {name} with a host name and an address, too few", group.len());
                return Err(io::Error::new(io::ErrorKind::InvalidData, what));
            }
        }
        for group in [&mut self.linux, &mut self.sites, &mut self.firewalls, &mut self.devices] {
            if group.is_empty() {
                group.clone_from(&self.servers);
            }
        }
        let place = |it: &u32| has_any(&self.machine(*it).id, &["vpn"]);
        self.gateway = self.firewalls.iter().copied().find(place).unwrap_or(self.firewalls[0]);
        // The firewall whose address is nearest to the gateway's.
        let near = |it: &u32| shared(self.machine(*it).ip, self.machine(self.gateway).ip);
        let others = self.firewalls.iter().copied().filter(|it| *it != self.gateway);
        self.edge = others.rev().max_by_key(near).unwrap_or(self.gateway);
        self.backups = self.named(&["backup", "bkp", "sauv", "veeam"]);
        self.file_servers = self.named(&["file", "-fs", "fic"]);
        self.record_server = self.named(&["ehr", "dpi", "record"])[0];
        self.image_server = self.named(&["pacs", "image"])[0];
        Ok(())
    }

    /// Windows servers whose id or host has one of those words; the last server where none has.
    pub(crate) fn named(&self, words: &[&str]) -> Vec<u32> {
        let has = |it: &u32| {
            let machine = self.machine(*it);
            has_any(&format!("{} {}", machine.id, machine.host).to_lowercase(), words)
        };
        let found: Vec<u32> = self.servers.iter().copied().filter(has).collect();
        if found.is_empty() { self.servers.iter().rev().take(1).copied().collect() } else { found }
    }

    fn populate(&mut self, accounts: &[(String, String)], dice: &mut Dice) {
        const ROLES: [(&str, u32); 9] = [
            ("nurse", 90),
            ("physician", 45),
            ("clerk", 30),
            ("pharmacist", 8),
            ("technician", 25),
            ("midwife", 10),
            ("adm", 8),
            ("svc", 0),
            ("contractor", 4),
        ];
        const SERVICES: [&str; 8] = [
            "svc-backup",
            "svc-ehr",
            "svc-pacs",
            "svc-sql",
            "svc-lab",
            "svc-scan",
            "svc-print",
            "svc-monitor",
        ];
        let mut names: Vec<(String, Option<String>)> =
            accounts.iter().map(|(name, id)| (name.clone(), Some(id.clone()))).collect();
        let ours =
            ROLES.iter().flat_map(|(role, count)| (1..=*count).map(move |it| format!("{role}-{it:02}")));
        for name in ours.chain(SERVICES.iter().map(|it| (*it).to_owned())) {
            if !names.iter().any(|(it, _)| *it == name) {
                names.push((name, None));
            }
        }
        let office = |it: &u32| has_any(&self.machine(*it).id, &["-it-", "-adm-"]);
        let mut desks: Vec<u32> = self.workstations.iter().copied().filter(office).collect();
        if desks.is_empty() {
            desks.clone_from(&self.workstations);
        }
        for (place, (name, asset)) in names.into_iter().enumerate() {
            let service = name.starts_with("svc");
            let admin = name.starts_with("adm") || name.contains("admin");
            let group = match (service, admin) {
                (true, _) => &mut self.services,
                (_, true) => &mut self.admins,
                _ => &mut self.staff,
            };
            group.push(place as u32);
            let station = *dice.pick(match (service, admin) {
                (true, _) => &self.servers,
                (_, true) => &desks,
                _ => &self.workstations,
            });
            let sid = format!("{}-{}", self.sid, 1_104 + place);
            self.people.push(Person { name, asset, sid, admin: admin || service, station });
        }
    }
}

fn has_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// How many bits two addresses share from the left.
fn shared(one: IpAddr, other: IpAddr) -> u32 {
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (one.to_bits() ^ other.to_bits()).leading_zeros(),
        _ => 0,
    }
}

/// Addresses of the Internet that stand for attackers, customers and clouds: those of documentation
/// (RFC 5737), and of benchmarking (RFC 2544) where many are needed.
pub(crate) fn outside(dice: &mut Dice, many: bool) -> IpAddr {
    let last = |dice: &mut Dice| 1 + dice.below(254) as u8;
    IpAddr::V4(match (many, dice.below(3)) {
        (true, _) => Ipv4Addr::new(198, 18 + dice.below(2) as u8, dice.below(256) as u8, last(dice)),
        (_, 0) => Ipv4Addr::new(192, 0, 2, last(dice)),
        (_, 1) => Ipv4Addr::new(198, 51, 100, last(dice)),
        _ => Ipv4Addr::new(203, 0, 113, last(dice)),
    })
}
