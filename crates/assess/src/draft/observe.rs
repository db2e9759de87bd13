//! What one event shows of the machines of a hospital: who speaks, what it is, who talks to whom.
//!
//! Invariant: only talk that went through counts (no refused connection, no failed logon), and users
//! are never taken for machines.

use std::net::IpAddr;

use evidence::{Event, Value};

use super::names;
use super::service::Service;

/// A machine as a log names it: a host name in lower case, or an address.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum End {
    /// By name.
    Host(String),
    /// By address.
    Address(IpAddr),
}

/// What a machine was seen to be.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Role {
    /// It gives tickets or changes the directory.
    Directory,
    /// It answers names.
    Names,
    /// It runs virtual machines.
    Hypervisor,
    /// It lets traffic through or not.
    Firewall,
    /// It lets people in from outside.
    Vpn,
    /// A web server wrote an access log under its name.
    Website,
    /// It writes Windows events.
    Windows,
    /// It writes syslog.
    Syslog,
    /// It writes some other log.
    Speaks,
}

/// One thing that an event shows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Glimpse {
    /// A machine speaks, in a role.
    Is(End, Role),
    /// A name and an address go together, as the machine or its directory says.
    Named(String, IpAddr),
    /// A name and an address go together, as a name server says.
    Answered(String, IpAddr),
    /// A name and a hardware address go together.
    Card(String, [u8; 6]),
    /// The operating system of a machine.
    System(End, String),
    /// A machine of a directory.
    Member(String),
    /// The first end reached the second one.
    Talk(End, End, Service),
}

/// What an event shows, added to `out`.
pub fn glimpse(event: &Event, out: &mut Vec<Glimpse>) {
    let host = event.host.as_deref().and_then(names::end);
    if let Some(End::Host(name)) = &host {
        for ip in event.addresses.iter().take(8) {
            named(name, ip.to_canonical(), out);
        }
        for mac in texts(event, "host.mac").iter().filter_map(|it| names::mac(it)) {
            out.push(Glimpse::Card(name.clone(), mac));
        }
    }
    if let (Some(host), Some(os)) =
        (&host, text(event, "host.os.name").or_else(|| text(event, "host.os.full")))
    {
        out.push(Glimpse::System(host.clone(), names::clean(&os)));
    }
    match event.format {
        "windows" => windows(event, host, out),
        "zeek" => zeek(event, out),
        "suricata" => suricata(event, out),
        "syslog" => syslog(event, host, out),
        "webserver" => web(event, host, out),
        _ => out.extend(host.map(|host| Glimpse::Is(host, Role::Speaks))),
    }
}

fn windows(event: &Event, host: Option<End>, out: &mut Vec<Glimpse>) {
    let Some(host) = host else { return };
    let channel = event.channel.as_deref().unwrap_or("");
    let id = event.event_id.unwrap_or(0);
    out.push(Glimpse::Is(host.clone(), Role::Windows));
    out.extend(role(channel, id).map(|role| Glimpse::Is(host.clone(), role)));
    match (channel, id) {
        ("Security", 4624) => logon(event, host, out),
        ("Security", 4648) => {
            if let Some(to) = text(event, "TargetServerName").and_then(|it| names::end(&it)) {
                talk(host, to, Service::Logon, out);
            }
        }
        ("Security", 4768..=4770) => ticket(event, host, out),
        ("Security", 5140 | 5145) => {
            if let Some(from) = text(event, "IpAddress").and_then(|it| names::end(&it)) {
                talk(from, host, Service::of_port(445), out);
            }
        }
        (_, 3) if channel.contains("Sysmon") => connection(event, host, out),
        (_, 22) if channel.contains("Sysmon") => {
            let answers = text(event, "QueryResults").unwrap_or_default();
            answered(text(event, "QueryName"), answers.split(';'), out);
        }
        _ => {}
    }
}

fn role(channel: &str, id: u32) -> Option<Role> {
    match (channel, id) {
        ("Security", 4768..=4771 | 5136..=5139 | 5141) | ("Directory Service", _) => Some(Role::Directory),
        ("DNS Server" | "Microsoft-Windows-DNSServer/Analytical", _) => Some(Role::Names),
        _ if channel.starts_with("Microsoft-Windows-Hyper-V-VMMS") => Some(Role::Hypervisor),
        _ => None,
    }
}

/// A logon that worked, from another machine.
fn logon(event: &Event, host: End, out: &mut Vec<Glimpse>) {
    let ip = text(event, "IpAddress").and_then(|it| names::address(&it)).filter(|it| names::usable(*it));
    let account = text(event, "TargetUserName").filter(|it| it.ends_with('$'));
    let station = text(event, "WorkstationName").or(account).and_then(|it| names::host(&it));
    let service = if text(event, "LogonType").as_deref() == Some("10") {
        Service::of_port(3389)
    } else {
        Service::Logon
    };
    let inner = ip.is_none_or(names::inside);
    match (station.filter(|_| inner), ip) {
        (Some(station), ip) => {
            let own = matches!(&host, End::Host(name) if names::parts(name).0 == names::parts(&station).0);
            if let (Some(ip), false) = (ip, own) {
                named(&station, ip, out);
            }
            talk(End::Host(station), host, service, out);
        }
        (None, Some(ip)) => talk(End::Address(ip), host, service, out),
        (None, None) => {}
    }
}

/// A Kerberos ticket: the client, and the machines that the ticket names.
fn ticket(event: &Event, host: End, out: &mut Vec<Glimpse>) {
    if text(event, "Status").is_some_and(|it| it != "0x0") {
        return;
    }
    let machine = |name: &str| {
        let name = text(event, name)?;
        let name = name.split('@').next()?;
        name.ends_with('$').then(|| names::host(name)).flatten()
    };
    out.extend(machine("ServiceName").map(Glimpse::Member));
    let client = machine("TargetUserName");
    out.extend(client.clone().map(Glimpse::Member));
    let ip = text(event, "IpAddress").and_then(|it| names::address(&it)).filter(|it| names::usable(*it));
    if let (Some(client), Some(ip)) = (client, ip) {
        named(&client, ip, out);
    }
    if let Some(ip) = ip {
        talk(End::Address(ip), host, Service::of_port(88), out);
    }
}

/// A Sysmon network connection.
fn connection(event: &Event, host: End, out: &mut Vec<Glimpse>) {
    let peer = |name: &str, address: &str| {
        let by_name = text(event, name).and_then(|it| names::host(&it));
        by_name.map(End::Host).or_else(|| text(event, address).and_then(|it| names::end(&it)))
    };
    let initiated = text(event, "Initiated").is_none_or(|it| it.eq_ignore_ascii_case("true"));
    let own = if initiated { "SourceIp" } else { "DestinationIp" };
    if let (End::Host(name), Some(ip)) = (&host, text(event, own).and_then(|it| names::address(&it))) {
        named(name, ip, out);
    }
    let service = service(event, "DestinationPort");
    let (from, to) = match initiated {
        true => (Some(host), peer("DestinationHostname", "DestinationIp")),
        false => (peer("SourceHostname", "SourceIp"), Some(host)),
    };
    if let (Some(from), Some(to), Some(service)) = (from, to, service) {
        talk(from, to, service, out);
    }
}

/// Connection states that carried something.
const CARRIED: [&str; 6] = ["S1", "SF", "S2", "S3", "RSTO", "RSTR"];

fn zeek(event: &Event, out: &mut Vec<Glimpse>) {
    match event.channel.as_deref().unwrap_or("") {
        "conn" if text(event, "conn_state").is_some_and(|it| !CARRIED.contains(&it.as_str())) => return,
        "dns" => {
            let answers = texts(event, "answers");
            answered(text(event, "query"), answers.iter().map(String::as_str), out);
        }
        "dhcp" => return lease(event, out),
        "conn" | "kerberos" | "smb_mapping" | "smb_files" | "dce_rpc" | "ssl" | "http" | "dicom"
        | "modbus" | "rdp" | "ssh" | "ntlm" | "ldap" => {}
        _ => return,
    }
    pair(event, ["id.orig_h", "id.resp_h", "id.resp_p"], out);
}

fn lease(event: &Event, out: &mut Vec<Glimpse>) {
    let name =
        text(event, "host_name").or_else(|| text(event, "client_fqdn")).and_then(|it| names::host(&it));
    let Some(name) = name else { return };
    let ip = text(event, "assigned_addr").or_else(|| text(event, "client_addr"));
    if let Some(ip) = ip.and_then(|it| names::address(&it)) {
        named(&name, ip, out);
    }
    out.extend(text(event, "mac").and_then(|it| names::mac(&it)).map(|mac| Glimpse::Card(name, mac)));
}

fn suricata(event: &Event, out: &mut Vec<Glimpse>) {
    let state = text(event, "flow.state");
    if matches!(event.channel.as_deref(), Some("stats" | "alert" | "drop")) || state.as_deref() == Some("new")
    {
        return;
    }
    pair(event, ["src_ip", "dest_ip", "dest_port"], out);
}

fn pair(event: &Event, [from, to, port]: [&str; 3], out: &mut Vec<Glimpse>) {
    let end = |name: &str| text(event, name).and_then(|it| names::end(&it));
    if let (Some(from), Some(to), Some(service)) = (end(from), end(to), service(event, port)) {
        talk(from, to, service, out);
    }
}

const SOURCES: [&str; 6] = ["srcip", "src", "src_ip", "SRC", "sourceip", "source_ip"];
const TARGETS: [&str; 8] =
    ["dstip", "dst", "dst_ip", "DST", "destip", "dest_ip", "destinationip", "destination_ip"];
const PORTS: [&str; 6] = ["dstport", "dport", "dst_port", "DPT", "destport", "dest_port"];
const REFUSED: [&str; 7] = ["deny", "denied", "drop", "dropped", "block", "blocked", "reject"];

fn syslog(event: &Event, host: Option<End>, out: &mut Vec<Glimpse>) {
    let first = |list: &[&str]| list.iter().find_map(|name| text(event, name));
    let device = text(event, "devname").and_then(|it| names::end(&it)).or(host);
    let program = event.provider.as_deref().unwrap_or("").to_lowercase();
    let (from, to) =
        (first(&SOURCES).and_then(|it| names::end(&it)), first(&TARGETS).and_then(|it| names::end(&it)));
    let message = text(event, "message").unwrap_or_default();
    let own = |end: &Option<End>| end.is_some() && *end == device;
    let vpn = ["vpn", "charon", "ocserv", "pptp", "ipsec"].iter().any(|it| program.contains(it))
        || first(&["subtype", "type"]).is_some_and(|it| it.contains("vpn"))
        || text(event, "tunneltype").is_some();
    if let Some(device) = &device {
        let hypervisor =
            matches!(program.as_str(), "vmkernel" | "hostd" | "vpxa" | "vpxd" | "pveproxy" | "pvedaemon");
        let passes = from.is_some() && to.is_some() && !own(&from) && !own(&to) && program != "kernel";
        out.push(Glimpse::Is(device.clone(), Role::Syslog));
        let roles = [(vpn, Role::Vpn), (hypervisor, Role::Hypervisor), (passes, Role::Firewall)];
        out.extend(roles.into_iter().filter(|it| it.0).map(|(_, role)| Glimpse::Is(device.clone(), role)));
    }
    let refused = first(&["action", "act", "result"])
        .is_some_and(|it| REFUSED.contains(&it.to_lowercase().as_str()))
        || ["BLOCK", "DROP", "REJECT", "DENY"].iter().any(|it| message.contains(it));
    let port = first(&PORTS).and_then(|it| it.trim().parse().ok());
    match (from, to, port, device) {
        (Some(from), Some(to), Some(port), _) if !refused => talk(from, to, Service::of_port(port), out),
        (Some(from), None, _, Some(device))
            if program.starts_with("sshd") && message.starts_with("Accepted ") =>
        {
            talk(from, device, Service::of_port(22), out);
        }
        (_, _, _, Some(device)) if vpn && !refused => {
            let from =
                first(&["remip", "remote_ip", "public_ip", "client_ip"]).and_then(|it| names::end(&it));
            if let Some(from) = from {
                talk(from, device, Service::Vpn, out);
            }
        }
        _ => {}
    }
}

fn web(event: &Event, host: Option<End>, out: &mut Vec<Glimpse>) {
    let own = host.or_else(|| text(event, "s-ip").and_then(|it| names::end(&it)));
    let Some(own) = own else { return };
    out.push(Glimpse::Is(own.clone(), Role::Website));
    if let Some(from) = text(event, "c-ip").and_then(|it| names::end(&it)) {
        let port = text(event, "s-port").and_then(|it| it.parse().ok()).unwrap_or(443);
        talk(from, own, Service::of_port(port), out);
    }
}

fn named(name: &str, ip: IpAddr, out: &mut Vec<Glimpse>) {
    if names::usable(ip) {
        out.push(Glimpse::Named(name.to_owned(), ip));
    }
}

/// Names of machines inside, out of an answer of a name server.
fn answered<'a>(query: Option<String>, answers: impl Iterator<Item = &'a str>, out: &mut Vec<Glimpse>) {
    let Some(name) = query.and_then(|it| names::host(&it)).filter(|it| it.contains('.')) else { return };
    if name.ends_with(".arpa") || ["wpad.", "isatap.", "_"].iter().any(|it| name.starts_with(it)) {
        return;
    }
    let inside =
        answers.take(8).filter_map(names::address).filter(|it| names::usable(*it) && names::inside(*it));
    out.extend(inside.map(|ip| Glimpse::Answered(name.clone(), ip)));
}

fn talk(from: End, to: End, service: Service, out: &mut Vec<Glimpse>) {
    if from != to {
        out.push(Glimpse::Talk(from, to, service));
    }
}

fn service(event: &Event, name: &str) -> Option<Service> {
    Some(Service::of_port(text(event, name)?.trim().parse().ok()?))
}

fn text(event: &Event, name: &str) -> Option<String> {
    event.fields.text(name).filter(|it| !it.is_empty() && it != "-").map(std::borrow::Cow::into_owned)
}

fn texts(event: &Event, name: &str) -> Vec<String> {
    match event.fields.get(name) {
        Some(Value::List(items)) => {
            items.iter().take(16).filter_map(Value::text).map(std::borrow::Cow::into_owned).collect()
        }
        Some(one) => one.text().iter().flat_map(|it| it.split(',')).take(16).map(str::to_owned).collect(),
        None => Vec::new(),
    }
}
