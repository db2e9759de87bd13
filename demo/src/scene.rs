//! What Windows writes when somebody logs on, starts a process, opens a share, installs a service.
//!
//! Invariant: one act leaves the events that it really leaves, on the machine that acts, on the one
//! acted upon and on the domain controller, in the order in which they are written; so a rule for any
//! of those three sees it.

mod directory;
mod process;
mod server;

use std::net::IpAddr;

use crate::dice::Dice;
use crate::evtx::Value::{Guid, Number, Text};
use crate::log::{Log, Micros};
use crate::shapes;
use crate::world::World;

/// A story being told: where, by chance, into which logs.
#[derive(Debug)]
pub(crate) struct Scene<'w> {
    pub(crate) world: &'w World,
    pub(crate) dice: Dice,
    pub(crate) log: Log,
}

/// Somebody logged on to a machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Logon {
    pub(crate) machine: u32,
    /// `None` for the machine itself.
    pub(crate) person: Option<u32>,
    pub(crate) id: u64,
    guid: u128,
    kind: u32,
}

/// A process of a logon.
#[derive(Clone, Debug)]
pub(crate) struct Process {
    pub(crate) logon: Logon,
    pub(crate) guid: u128,
    pub(crate) pid: u32,
    pub(crate) image: String,
    pub(crate) command: String,
}

/// How a password or a ticket was shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Proof {
    Kerberos,
    Ntlm,
}

const PRIVILEGES: &str = "SeSecurityPrivilege\n\t\t\tSeBackupPrivilege\n\t\t\tSeRestorePrivilege\n\t\t\tSeTakeOwnershipPrivilege\n\t\t\tSeDebugPrivilege\n\t\t\tSeSystemEnvironmentPrivilege\n\t\t\tSeLoadDriverPrivilege\n\t\t\tSeImpersonatePrivilege";
const SYSTEM: &str = "S-1-5-18";

impl Scene<'_> {
    /// Logs a person on over the network or at a desk: ticket or check on a domain controller, then
    /// the logon, then its privileges. `kind` is Windows' logon type.
    pub(crate) fn logon(
        &mut self,
        time: Micros,
        machine: u32,
        person: u32,
        kind: u32,
        from: Option<IpAddr>,
        proof: Proof,
    ) -> Logon {
        let world = self.world;
        let (who, to) = (world.person(person), world.machine(machine));
        let address = from.map_or_else(|| "-".to_owned(), |it| it.to_string());
        let port = self.dice.between(49_200, 65_000).to_string();
        let source = world.machines.iter().find(|it| Some(it.ip) == from).map_or("-", |it| it.host.as_str());
        match proof {
            Proof::Kerberos => self.ticket(time - 40_000, person, machine, from.unwrap_or(to.ip), kind != 3),
            Proof::Ntlm => self.checked(time - 40_000, person, source, 0),
        }
        let id = 0x4_0000 + self.dice.below(0x3fff_ffff);
        let guid = if proof == Proof::Kerberos { self.guid() } else { 0 };
        let desk = matches!(kind, 2 | 7 | 10 | 11);
        let host = format!("{}$", to.host.to_uppercase());
        let (process, package, by) = match (desk, proof) {
            (true, _) => ("User32 ", "Negotiate", "C:\\Windows\\System32\\svchost.exe"),
            (_, Proof::Kerberos) if kind == 3 => ("Kerberos", "Kerberos", "-"),
            (_, Proof::Ntlm) if kind == 3 => ("NtLmSsp ", "NTLM", "-"),
            _ => ("Advapi  ", "Negotiate", "C:\\Windows\\System32\\services.exe"),
        };
        let subject =
            if kind == 3 { ("S-1-0-0", "-", "-") } else { (SYSTEM, host.as_str(), world.short.as_str()) };
        self.log.windows(
            time,
            machine,
            &shapes::LOGON,
            &[
                ("SubjectUserSid", Text(subject.0)),
                ("SubjectUserName", Text(subject.1)),
                ("SubjectDomainName", Text(subject.2)),
                ("SubjectLogonId", Number(if kind == 3 { 0 } else { 0x3e7 })),
                ("TargetUserSid", Text(&who.sid)),
                ("TargetUserName", Text(&who.name)),
                ("TargetDomainName", Text(&world.short)),
                ("TargetLogonId", Number(id)),
                ("LogonType", Number(kind.into())),
                ("LogonProcessName", Text(process)),
                ("AuthenticationPackageName", Text(package)),
                (
                    "WorkstationName",
                    Text(if desk {
                        &to.host
                    } else if proof == Proof::Ntlm {
                        source
                    } else {
                        "-"
                    }),
                ),
                ("LogonGuid", Guid(guid)),
                ("LmPackageName", Text(if proof == Proof::Ntlm { "NTLM V2" } else { "-" })),
                ("KeyLength", Number(if proof == Proof::Ntlm { 128 } else { 0 })),
                ("ProcessId", Number(if kind == 3 { 0 } else { 0x4d8 })),
                ("ProcessName", Text(by)),
                ("IpAddress", Text(&address)),
                ("IpPort", Text(if from.is_some() { &port } else { "-" })),
                ("ImpersonationLevel", Text("%%1833")),
                ("RestrictedAdminMode", Text(if kind == 10 { "%%1843" } else { "-" })),
                ("VirtualAccount", Text("%%1843")),
                ("ElevatedToken", Text(if who.admin { "%%1842" } else { "%%1843" })),
            ],
        );
        let logon = Logon { machine, person: Some(person), id, guid, kind };
        if who.admin {
            self.log.windows(
                time + 300,
                machine,
                &shapes::PRIVILEGES,
                &[
                    ("SubjectUserSid", Text(&who.sid)),
                    ("SubjectUserName", Text(&who.name)),
                    ("SubjectDomainName", Text(&world.short)),
                    ("SubjectLogonId", Number(id)),
                    ("PrivilegeList", Text(PRIVILEGES)),
                ],
            );
        }
        logon
    }

    /// Another account's password used from a session: told by the machine where that session is.
    pub(crate) fn explicit(&mut self, time: Micros, source: &Process, person: u32, target: u32) {
        let world = self.world;
        let (sid, name) = self.who(&source.logon);
        let server = world.machine(target).full.as_str();
        self.log.windows(
            time,
            source.logon.machine,
            &shapes::EXPLICIT_LOGON,
            &[
                ("SubjectUserSid", Text(&sid)),
                ("SubjectUserName", Text(&name)),
                ("SubjectDomainName", Text(&world.short)),
                ("SubjectLogonId", Number(source.logon.id)),
                ("TargetUserName", Text(&world.person(person).name)),
                ("TargetDomainName", Text(&world.short)),
                ("TargetServerName", Text(server)),
                ("TargetInfo", Text(server)),
                ("ProcessId", Number(source.pid.into())),
                ("ProcessName", Text(&source.image)),
            ],
        );
    }

    pub(crate) fn logoff(&mut self, time: Micros, logon: &Logon) {
        let (sid, name) = self.who(logon);
        let domain = self.world.short.as_str();
        self.log.windows(
            time,
            logon.machine,
            &shapes::LOGOFF,
            &[
                ("TargetUserSid", Text(&sid)),
                ("TargetUserName", Text(&name)),
                ("TargetDomainName", Text(domain)),
                ("TargetLogonId", Number(logon.id)),
                ("LogonType", Number(logon.kind.into())),
            ],
        );
    }

    /// The machine's own logon.
    pub(crate) fn system(&mut self, machine: u32) -> Logon {
        Logon { machine, person: None, id: 0x3e7, guid: 0, kind: 0 }
    }

    /// A process that was there before the story.
    pub(crate) fn running(&mut self, logon: Logon, image: &str) -> Process {
        let mut fixed = Dice::part(u64::from(logon.machine) << 32 ^ logon.id, image);
        let guid = u128::from(fixed.word()) << 64 | u128::from(fixed.word());
        let pid = 4 * fixed.between(150, 1_200) as u32;
        Process { logon, guid, pid, image: image.to_owned(), command: image.to_owned() }
    }

    /// Security identifier and name of a logon's account.
    pub(crate) fn who(&self, logon: &Logon) -> (String, String) {
        match logon.person {
            Some(person) => {
                let who = self.world.person(person);
                (who.sid.clone(), who.name.clone())
            }
            None => {
                (SYSTEM.to_owned(), format!("{}$", self.world.machine(logon.machine).host.to_uppercase()))
            }
        }
    }

    /// The account as Sysmon names it.
    pub(crate) fn user(&self, logon: &Logon) -> String {
        match logon.person {
            Some(person) => format!("{}\\{}", self.world.short, self.world.person(person).name),
            None => "NT AUTHORITY\\SYSTEM".to_owned(),
        }
    }

    pub(crate) fn guid(&mut self) -> u128 {
        u128::from(self.dice.word()) << 64 | u128::from(self.dice.word())
    }
}

/// As Sysmon writes an instant.
pub(crate) fn utc(time: Micros) -> String {
    let date = date(time, 0);
    let (year, month, day, second) = (date.0, date.1, date.2, date.3);
    let milli = time.rem_euclid(1_000_000) / 1_000;
    format!(
        "{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}.{milli:03}",
        second / 3_600,
        second / 60 % 60,
        second % 60
    )
}

/// Year, month, day and second of the day, `offset` seconds east of UTC.
///
/// Days to dates by the proleptic Gregorian calendar counted from 1 March 0000.
pub(crate) fn date(time: Micros, offset: i64) -> (i64, i64, i64, i64) {
    let seconds = time.div_euclid(1_000_000) + offset;
    let days = seconds.div_euclid(86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let day = days.rem_euclid(146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * shifted + 2) / 5 + 1, seconds.rem_euclid(86_400))
}
