//! The draft as the files of a map, each guess marked.
//!
//! Invariant: texts of foreign origin are cleaned and quoted; ids are slugs of one space.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::net::IpAddr;

use hospital::Effect;

use super::machines::{Machine, Machines};
use super::names::{self, Ids};
use crate::words::Words;

/// Services named on one flow.
const SERVICES: usize = 8;

/// Where machines stand: id and name of each site and zone, and those of each machine.
struct Places {
    sites: Vec<(String, String)>,
    /// Id, name, site.
    zones: Vec<(String, String, usize)>,
    of: Vec<(usize, usize)>,
}

/// Name and text of each file.
pub(super) fn files(machines: &Machines, words: &Words) -> Vec<(&'static str, String)> {
    let places = places(machines);
    vec![
        ("hospital.toml", hospital(&places, words)),
        ("assets.csv", sheet(machines, &places)),
        ("assets.toml", assets(machines, words)),
        ("network.toml", network(machines, &places, words)),
        ("teams.toml", words.say("draft-teams") + "\n"),
        ("contacts.toml", words.say("draft-contacts") + "\n"),
    ]
}

fn places(machines: &Machines) -> Places {
    let mut ids = Ids::new();
    for machine in &machines.all {
        ids.give(&machine.id);
    }
    let mut places = Places { sites: Vec::new(), zones: Vec::new(), of: Vec::new() };
    let mut sites: BTreeMap<String, usize> = BTreeMap::new();
    let mut zones: BTreeMap<(usize, String), usize> = BTreeMap::new();
    for machine in &machines.all {
        let site_name = machine.site.clone().unwrap_or_else(|| "site-1".to_owned());
        let site = *sites.entry(names::fold(&site_name)).or_insert_with(|| {
            let id = ids.give(&names::slug(&site_name).unwrap_or_else(|| "site".to_owned()));
            places.sites.push((id, site_name));
            places.sites.len() - 1
        });
        let (slug, name) = zone_of(machine);
        let zone = *zones.entry((site, slug.clone())).or_insert_with(|| {
            places.zones.push((ids.give(&slug), name, site));
            places.zones.len() - 1
        });
        places.of.push((site, zone));
    }
    if places.sites.is_empty() {
        places.sites.push((ids.give("site-1"), "site-1".to_owned()));
    }
    places
}

/// The zone that the inventory names, else the network of its first address.
fn zone_of(machine: &Machine) -> (String, String) {
    if let Some(zone) = &machine.zone
        && let Some(slug) = names::slug(zone)
    {
        return (slug, zone.clone());
    }
    machine.ips.first().map_or_else(|| ("net-unknown".to_owned(), "?".to_owned()), |ip| names::network(*ip))
}

fn hospital(places: &Places, words: &Words) -> String {
    let mut out = format!("{}\n\n[hospital]\n", words.say("draft-head"));
    let _ = writeln!(out, "name = {}", quote(&words.say("draft-name")));
    let zone = words.zone().iana_name().unwrap_or("Europe/Paris");
    let _ = writeln!(out, "time_zone = {}  # guess", quote(zone));
    for (id, name) in &places.sites {
        let _ = write!(out, "\n[[site]]\nid = {}\nname = {}\n", quote(id), quote(name));
    }
    let _ = write!(out, "\n{}\n", words.say("draft-care"));
    out
}

fn sheet(machines: &Machines, places: &Places) -> String {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let header = ["id", "name", "kind", "site", "zone", "hosts", "ips", "macs", "aliases", "os", "vendor"];
    let mut written = csv.write_record(header);
    for (machine, (site, zone)) in machines.all.iter().zip(&places.of) {
        let ips: Vec<String> = machine.ips.iter().map(IpAddr::to_string).collect();
        let macs: Vec<String> =
            machine.macs.iter().map(|it| it.map(|byte| format!("{byte:02x}")).join(":")).collect();
        written = written.and_then(|()| {
            csv.write_record([
                &machine.id,
                &machine.name,
                &machine.kind,
                &places.sites[*site].0,
                &places.zones[*zone].0,
                machine.host.as_deref().unwrap_or_default(),
                &ips.join(";"),
                &macs.join(";"),
                "",
                machine.os.as_deref().unwrap_or_default(),
                machine.vendor.as_deref().unwrap_or_default(),
            ])
        });
    }
    // Writing to memory does not fail; should it, the sheet is short and the check of the draft says so.
    let bytes = written.ok().and_then(|()| csv.into_inner().ok()).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn assets(machines: &Machines, words: &Words) -> String {
    let mut out = words.say("draft-assets") + "\n";
    let needs = machines.needs();
    for (place, machine) in machines.all.iter().enumerate() {
        let guesses = needs.get(&place).map(Vec::as_slice).unwrap_or_default();
        if machine.kind_guess.is_none() && guesses.is_empty() {
            continue;
        }
        let _ = write!(out, "\n[[asset]]\nid = {}\n", quote(&machine.id));
        if let Some(why) = machine.kind_guess {
            let _ = writeln!(out, "# guess: kind = {}: {}", machine.kind, words.say(why));
        }
        if guesses.is_empty() {
            continue;
        }
        out += "needs = [\n";
        for guess in guesses {
            let on: Vec<String> = guess.on.iter().map(|it| quote(&machines.all[*it].id)).collect();
            let least = if guess.any && on.len() > 1 { ", at_least = 1" } else { "" };
            let effect = if guess.effect == Effect::Stops { "stops" } else { "degrades" };
            let why = words.say_with("guess-need", &[("service", guess.service.as_str().into())]);
            let _ = writeln!(
                out,
                "  {{ on = [{}]{least}, effect = \"{effect}\" }},  # guess: {why}",
                on.join(", ")
            );
        }
        out += "]\n";
    }
    out
}

fn network(machines: &Machines, places: &Places, words: &Words) -> String {
    let mut out = words.say("draft-network") + "\n";
    let mut flows: BTreeMap<(&str, &str), BTreeSet<String>> = BTreeMap::new();
    let mut internet = false;
    for (from, to, service) in machines.talks.keys() {
        let zone =
            |end: &Option<usize>| end.map_or("internet", |it| places.zones[places.of[it].1].0.as_str());
        internet |= from.is_none() || to.is_none();
        flows.entry((zone(from), zone(to))).or_default().insert(service.to_string());
    }
    for (id, name, site) in &places.zones {
        let _ = write!(
            out,
            "\n[[zone]]  # guess\nid = {}\nname = {}\nsite = {}\n",
            quote(id),
            quote(name),
            quote(&places.sites[*site].0)
        );
    }
    if internet {
        out += "\n[[zone]]\nid = \"internet\"\nname = \"Internet\"\n";
    }
    for ((from, to), services) in &flows {
        let services: Vec<String> = services.iter().take(SERVICES).map(|it| quote(it)).collect();
        let id = quote(&format!("f-{from}--{to}"));
        let _ = write!(
            out,
            "\n[[flow]]  # guess: {}\nid = {id}\nfrom = {}\nto = {}\nservices = [{}]\n",
            words.say("guess-flow"),
            quote(from),
            quote(to),
            services.join(", ")
        );
    }
    let members: BTreeSet<usize> = machines.members().collect();
    for directory in machines.directories() {
        let over: Vec<String> =
            members.iter().filter(|it| **it != directory).map(|it| quote(&machines.all[*it].id)).collect();
        if !over.is_empty() {
            let from = quote(&machines.all[directory].id);
            let _ = write!(
                out,
                "\n[[control]]  # guess: {}\nfrom = {from}\nover = [{}]\n",
                words.say("guess-control"),
                over.join(", ")
            );
        }
    }
    out
}

/// A TOML string.
fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in names::clean(text).chars() {
        if matches!(letter, '"' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
    out.push('"');
    out
}
