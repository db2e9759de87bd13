//! The text logs: firewall and VPN syslog, Linux logins, web access logs, Zeek, the patient record's
//! audit trail. One function a kind of line.

use std::net::IpAddr;

use jiff::Timestamp;

use crate::export::instant;
use crate::log::{File, Micros};
use crate::scene::{Scene, date};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// One connection through a firewall, or past a network sensor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flow<'a> {
    pub(crate) from: IpAddr,
    pub(crate) to: IpAddr,
    pub(crate) port: u16,
    /// Zeek's name of the service, or `-`.
    pub(crate) service: &'a str,
    pub(crate) sent: u64,
    pub(crate) received: u64,
    /// Whether it was let through.
    pub(crate) passed: bool,
}

impl Scene<'_> {
    fn offset(&self, time: Micros) -> i64 {
        Timestamp::from_microsecond(time).map_or(0, |it| self.world.zone.to_offset(it).seconds().into())
    }

    /// `Nov 21 02:10:00`, local.
    fn bsd(&self, time: Micros) -> String {
        let (_, month, day, second) = date(time, self.offset(time));
        let name = MONTHS[(month - 1) as usize];
        format!("{name} {day:2} {:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
    }

    /// RFC 3339, local with its offset.
    fn local(&self, time: Micros) -> String {
        let offset = self.offset(time);
        let (year, month, day, second) = date(time, offset);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{}", zone(offset, ":"))
    }

    /// A line of the edge firewall (RFC 3164, key=value).
    pub(crate) fn firewall(&mut self, time: Micros, flow: &Flow<'_>) {
        let firewall = self.world.machine(self.world.edge).host.as_str();
        let (year, month, day, second) = date(time, self.offset(time));
        let port = self.dice.between(30_000, 65_000);
        let session = self.dice.below(90_000_000);
        let action = if flow.passed { "accept" } else { "deny" };
        let line = format!(
            "<{}>{} {firewall} date={year:04}-{month:02}-{day:02} time={:02}:{:02}:{:02} devname=\"{firewall}\" type=\"traffic\" subtype=\"forward\" level=\"notice\" srcip={} srcport={port} dstip={} dstport={} proto=6 action=\"{action}\" policyid={} sessionid={session} service=\"{}\" sentbyte={} rcvdbyte={}",
            if flow.passed { 189 } else { 188 },
            self.bsd(time),
            second / 3_600,
            second / 60 % 60,
            second % 60,
            flow.from,
            flow.to,
            flow.port,
            if flow.passed { 12 } else { 0 },
            flow.service,
            flow.sent,
            flow.received,
        );
        self.log.line(time, File::Firewall, &line);
    }

    /// A line of the VPN gateway (RFC 5424, key=value).
    pub(crate) fn vpn(&mut self, time: Micros, action: &str, user: &str, from: IpAddr, rest: &str) {
        let host = self.world.machine(self.world.gateway).host.as_str();
        let priority = if action.contains("fail") { 132 } else { 134 };
        let line = format!(
            "<{priority}>1 {} {host} sslvpn 1841 vpn - type=\"event\" subtype=\"vpn\" action=\"{action}\" tunneltype=\"ssl-tunnel\" user=\"{user}\" remip={from} {rest}",
            self.local(time),
        );
        self.log.line(time, File::Vpn, &line);
    }

    /// A line of a Linux machine's login log (RFC 3164).
    pub(crate) fn auth(&mut self, time: Micros, machine: u32, program: &str, message: &str) {
        let host = self.world.machine(machine).host.as_str();
        let pid = self.dice.between(900, 30_000);
        let line = format!("{} {host} {program}[{pid}]: {message}", self.bsd(time));
        self.log.line(time, File::Auth, &line);
    }

    /// A request to a web site, virtual host first, as nginx is often set to write it.
    pub(crate) fn request(
        &mut self,
        time: Micros,
        site: u32,
        from: IpAddr,
        request: &str,
        (status, bytes): (u16, u64),
        (referer, agent): (&str, &str),
    ) {
        let first = self.world.sites.first() == Some(&site);
        let file = if first { File::Web } else { File::Portal };
        let offset = self.offset(time);
        let (year, month, day, second) = date(time, offset);
        let line = format!(
            "{} {from} - - [{day:02}/{}/{year:04}:{:02}:{:02}:{:02} {}] \"{request}\" {status} {bytes} \"{referer}\" \"{agent}\"",
            self.world.machine(site).full,
            MONTHS[(month - 1) as usize],
            second / 3_600,
            second / 60 % 60,
            second % 60,
            zone(offset, ""),
        );
        self.log.line(time, file, &line);
    }

    /// A connection seen by the network sensor.
    pub(crate) fn conn(&mut self, time: Micros, flow: &Flow<'_>, state: &str) {
        let uid = self.uid();
        let port = self.dice.between(49_200, 65_000);
        let duration = 0.01 + self.dice.below(90_000) as f64 / 1_000.0;
        let (sent, received) = (1 + flow.sent / 900, 1 + flow.received / 900);
        let service =
            if flow.service == "-" { String::new() } else { format!("\"service\":\"{}\",", flow.service) };
        let line = format!(
            "{{\"_path\":\"conn\",\"ts\":\"{}\",\"uid\":\"{uid}\",\"id.orig_h\":\"{}\",\"id.orig_p\":{port},\"id.resp_h\":\"{}\",\"id.resp_p\":{},\"proto\":\"tcp\",{service}\"duration\":{duration:.3},\"orig_bytes\":{},\"resp_bytes\":{},\"conn_state\":\"{state}\",\"missed_bytes\":0,\"orig_pkts\":{sent},\"orig_ip_bytes\":{},\"resp_pkts\":{received},\"resp_ip_bytes\":{}}}",
            instant(time),
            flow.from,
            flow.to,
            flow.port,
            flow.sent,
            flow.received,
            flow.sent + 40 * sent,
            flow.received + 40 * received,
        );
        self.log.line(time, File::Conn, &line);
    }

    /// A name looked up.
    pub(crate) fn dns(&mut self, time: Micros, from: IpAddr, name: &str, answer: &str) {
        let uid = self.uid();
        let server = self.world.machine(*self.dice.pick(&self.world.controllers)).ip;
        let port = self.dice.between(49_200, 65_000);
        let answers = if answer.is_empty() { "[]".to_owned() } else { format!("[\"{answer}\"]") };
        let (code, rcode) = if answer.is_empty() { (3, "NXDOMAIN") } else { (0, "NOERROR") };
        let line = format!(
            "{{\"_path\":\"dns\",\"ts\":\"{}\",\"uid\":\"{uid}\",\"id.orig_h\":\"{from}\",\"id.orig_p\":{port},\"id.resp_h\":\"{server}\",\"id.resp_p\":53,\"proto\":\"udp\",\"trans_id\":{},\"query\":\"{name}\",\"qclass\":1,\"qclass_name\":\"C_INTERNET\",\"qtype\":1,\"qtype_name\":\"A\",\"rcode\":{code},\"rcode_name\":\"{rcode}\",\"AA\":false,\"TC\":false,\"RD\":true,\"RA\":true,\"Z\":0,\"answers\":{answers},\"TTLs\":[300.0],\"rejected\":false}}",
            instant(time),
            self.dice.below(65_536),
        );
        self.log.line(time, File::Dns, &line);
    }

    /// A request in clear, seen on the network.
    pub(crate) fn http(&mut self, time: Micros, from: IpAddr, to: (IpAddr, &str), uri: &str, agent: &str) {
        let uid = self.uid();
        let port = self.dice.between(49_200, 65_000);
        let size = self.dice.between(300, 60_000);
        let line = format!(
            "{{\"_path\":\"http\",\"ts\":\"{}\",\"uid\":\"{uid}\",\"id.orig_h\":\"{from}\",\"id.orig_p\":{port},\"id.resp_h\":\"{}\",\"id.resp_p\":80,\"trans_depth\":1,\"method\":\"GET\",\"host\":\"{}\",\"uri\":\"{uri}\",\"version\":\"1.1\",\"user_agent\":\"{agent}\",\"request_body_len\":0,\"response_body_len\":{size},\"status_code\":200,\"status_msg\":\"OK\",\"tags\":[]}}",
            instant(time),
            to.0,
            to.1,
        );
        self.log.line(time, File::Http, &line);
    }

    /// A DICOM association, seen on the network.
    pub(crate) fn dicom(
        &mut self,
        time: Micros,
        from: IpAddr,
        to: IpAddr,
        titles: (&str, &str),
        command: &str,
    ) {
        let uid = self.uid();
        let port = self.dice.between(49_200, 65_000);
        let line = format!(
            "{{\"_path\":\"dicom\",\"ts\":\"{}\",\"uid\":\"{uid}\",\"id.orig_h\":\"{from}\",\"id.orig_p\":{port},\"id.resp_h\":\"{to}\",\"id.resp_p\":104,\"proto\":\"tcp\",\"calling_aet\":\"{}\",\"called_aet\":\"{}\",\"command\":\"{command}\",\"status\":\"0x0000\"}}",
            instant(time),
            titles.0,
            titles.1,
        );
        self.log.line(time, File::Dicom, &line);
    }

    /// Somebody did something in a patient's record. `reason` is what they gave when they were not of
    /// the care team (`""`: none asked or given).
    pub(crate) fn record(&mut self, time: Micros, access: &Access<'_>) {
        let person = self.world.person(access.person);
        let station = self.world.machine(access.station);
        let server = self.world.machine(access.server);
        let line = format!(
            "{{\"@timestamp\":\"{}\",\"host\":{{\"name\":\"{}\"}},\"event\":{{\"module\":\"ehr\",\"dataset\":\"ehr.audit\",\"action\":\"{}\",\"outcome\":\"success\"}},\"user\":{{\"name\":\"{}\",\"roles\":[\"{}\"]}},\"source\":{{\"ip\":\"{}\",\"host\":\"{}\"}},\"patient\":{{\"id\":\"{}\",\"unit\":\"{}\",\"vip\":{}}},\"access\":{{\"relation\":\"{}\",\"reason\":\"{}\",\"break_glass\":{}}}}}",
            instant(time),
            server.full,
            access.action,
            person.name,
            person.name.split('-').next().unwrap_or("staff"),
            station.ip,
            station.host,
            access.patient,
            access.unit,
            access.sensitive,
            access.relation,
            access.reason,
            access.break_glass,
        );
        self.log.line(time, File::Record, &line);
    }

    fn uid(&mut self) -> String {
        format!("C{}", self.dice.letters(17))
    }
}

/// One access to a patient's record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Access<'a> {
    pub(crate) person: u32,
    pub(crate) station: u32,
    pub(crate) server: u32,
    pub(crate) action: &'a str,
    pub(crate) patient: &'a str,
    pub(crate) unit: &'a str,
    /// Marked as sensitive in the record (known persons, staff members).
    pub(crate) sensitive: bool,
    /// `care-team`, `same-unit`, `none`.
    pub(crate) relation: &'a str,
    pub(crate) reason: &'a str,
    pub(crate) break_glass: bool,
}

fn zone(offset: i64, colon: &str) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    format!("{sign}{:02}{colon}{:02}", offset.abs() / 3_600, offset.abs() / 60 % 60)
}
