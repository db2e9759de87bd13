//! Keys: what a signal shares with others of its chain.
//!
//! Invariant: values that stand for nothing (`-`, `::1`, …) are no keys; the list is content (`keys.yml`).

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use evidence::{Event, Value};
use serde::Deserialize;

use crate::chain::Observers;
use crate::signal::Keys;

/// Most values of one kind kept for a signal.
const VALUES_MAX: usize = 16;
/// Longest value kept, in bytes.
const VALUE_BYTES_MAX: usize = 256;

/// `keys.yml` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    never: HashSet<String>,
    formats: HashMap<String, Named>,
    #[serde(default)]
    observers: Observers,
}

/// Fields that hold keys, for one format of events.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Named {
    users: Vec<String>,
    addresses: Vec<String>,
    hosts: Vec<String>,
    targets: Vec<String>,
    process_guids: Vec<String>,
    process_ids: Vec<String>,
    programs: Vec<String>,
    logons: Vec<String>,
}

/// Which fields hold keys.
#[derive(Clone, Debug)]
pub struct KeyFields {
    never: HashSet<String>,
    formats: HashMap<String, Named>,
    any: Named,
}

impl KeyFields {
    /// From `keys.yml`, with the log sources that only watch.
    pub fn new(mut written: Written) -> (KeyFields, Observers) {
        let any = written.formats.remove("any").unwrap_or_default();
        (KeyFields { never: written.never, formats: written.formats, any }, written.observers)
    }

    /// The keys of one event.
    pub fn of(&self, event: &Event) -> Keys {
        let named = self.formats.get(event.format).unwrap_or(&self.any);
        let host = event.host.as_deref().map(short_host).unwrap_or_default();
        let mut keys = Keys::default();
        if let Some(user) = &event.user {
            self.keep(user, &mut keys.users, user_name);
        }
        self.gather(event, &named.users, &mut keys.users, user_name);
        self.gather(event, &named.hosts, &mut keys.hosts, host_name);
        self.gather(event, &named.targets, &mut keys.targets, host_name);
        self.gather(event, &named.process_guids, &mut keys.processes, |it| it.to_ascii_lowercase());
        if keys.processes.is_empty() {
            self.gather(event, &named.process_ids, &mut keys.processes, |it| {
                format!("{host}/{}", number(it))
            });
        }
        self.gather(event, &named.programs, &mut keys.programs, str::to_lowercase);
        self.gather(event, &named.logons, &mut keys.logons, |it| format!("{host}/{}", number(it)));
        let own =
            |it: &str| short_host(it) == host || address(it).is_some_and(|it| event.addresses.contains(&it));
        keys.hosts.retain(|it| !own(it));
        keys.targets.retain(|it| !own(it));
        let mut addresses = Vec::new();
        self.gather(event, &named.addresses, &mut addresses, |it| it.to_owned());
        keys.addresses = addresses.iter().filter_map(|it| address(it)).collect();
        let is_own = |it: &IpAddr| event.host.is_some() && event.addresses.contains(it);
        let is_one = |it: &IpAddr| !it.is_loopback() && !it.is_unspecified() && !it.is_multicast();
        keys.addresses.retain(|it| is_one(it) && !is_own(it));
        keys.addresses.sort_unstable();
        keys.addresses.dedup();
        keys
    }

    fn gather(
        &self,
        event: &Event,
        fields: &[String],
        into: &mut Vec<String>,
        shape: impl Fn(&str) -> String,
    ) {
        for field in fields {
            match event.fields.get(field) {
                Some(Value::List(list)) => {
                    for text in list.iter().filter_map(Value::text).take(VALUES_MAX) {
                        self.keep(&text, into, &shape);
                    }
                }
                Some(one) => {
                    if let Some(text) = one.text() {
                        self.keep(&text, into, &shape);
                    }
                }
                None => {}
            }
        }
    }

    fn keep(&self, text: &str, into: &mut Vec<String>, shape: impl Fn(&str) -> String) {
        let text = text.trim();
        if text.len() > VALUE_BYTES_MAX || into.len() >= VALUES_MAX {
            return;
        }
        if self.never.contains(text) || self.never.contains(&text.to_ascii_lowercase()) {
            return;
        }
        let shaped = shape(text);
        if !shaped.is_empty() && !self.never.contains(&shaped) && !into.contains(&shaped) {
            into.push(shaped);
        }
    }
}

/// The first label of a host name, lower case: what `SRV-AD-01.chu.example` and `srv-ad-01` share.
pub fn short_host(host: &str) -> String {
    let host = host.trim_start_matches('\\').trim_end_matches('$');
    let label = if host.parse::<IpAddr>().is_ok() { host } else { host.split('.').next().unwrap_or(host) };
    label.to_lowercase()
}

/// The host that an event speaks of: the one that speaks, else the inside address that it is about.
pub fn host_of(event: &Event) -> Option<String> {
    event.host.clone().or_else(|| event.addresses.iter().find(|it| is_inside(it)).map(IpAddr::to_string))
}

/// Whether an address is one of those that organisations give to their own machines.
pub fn is_inside(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => it.is_private() || it.is_link_local(),
        IpAddr::V6(it) => it.is_unique_local() || it.is_unicast_link_local(),
    }
}

/// Without domain, lower case: `CHU\Nurse-17` and `nurse-17@chu.example` are `nurse-17`.
fn user_name(text: &str) -> String {
    let name = text.rsplit(['\\', '/']).next().unwrap_or(text);
    name.split('@').next().unwrap_or(name).to_lowercase()
}

fn host_name(text: &str) -> String {
    text.trim_start_matches('\\').to_owned()
}

/// Hexadecimal and decimal spellings of one number are one.
fn number(text: &str) -> String {
    let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let value = hexadecimal.and_then(|it| u64::from_str_radix(it, 16).ok());
    value.map_or_else(|| text.to_owned(), |it| it.to_string())
}

/// An address, with or without a port.
pub fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim_start_matches('[').trim_end_matches(']');
    let parsed: IpAddr =
        text.parse().ok().or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|it| it.ip()))?;
    Some(parsed.to_canonical())
}
