//! What Windows writes when somebody logs on, starts a process, opens a share, installs a service.
//!
//! Invariant: one act leaves the events that it really leaves, on the machine that acts, on the one
//! acted upon and on the domain controller, in the order in which they are written; so a rule for any
//! of those three sees it.

use std::net::IpAddr;

use crate::dice::Dice;
use crate::evtx::Value::{Guid, Number, Text};
use crate::images;
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

    /// A named pipe made, where Sysmon runs.
    pub(crate) fn pipe(&mut self, time: Micros, process: &Process, name: &str) {
        if !self.world.machine(process.logon.machine).sysmon {
            return;
        }
        let user = self.user(&process.logon);
        self.log.windows(
            time,
            process.logon.machine,
            &shapes::SYSMON_PIPE,
            &[
                ("EventType", Text("CreatePipe")),
                ("UtcTime", Text(&utc(time))),
                ("ProcessGuid", Guid(process.guid)),
                ("ProcessId", Number(process.pid.into())),
                ("PipeName", Text(name)),
                ("Image", Text(&process.image)),
                ("User", Text(&user)),
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

    /// Starts a process: Security 4688, and Sysmon 1 where Sysmon runs.
    pub(crate) fn spawn(&mut self, time: Micros, parent: &Process, image: &str, command: &str) -> Process {
        self.spawn_as(time, parent, parent.logon, image, command)
    }

    /// Starts a process with another logon than its parent's.
    pub(crate) fn spawn_as(
        &mut self,
        time: Micros,
        parent: &Process,
        logon: Logon,
        image: &str,
        command: &str,
    ) -> Process {
        let world = self.world;
        let pid = 4 * self.dice.between(400, 6_000) as u32;
        let process =
            Process { logon, guid: self.guid(), pid, image: image.to_owned(), command: command.to_owned() };
        let (sid, name) = self.who(&logon);
        let system = logon.person.is_none();
        self.log.windows(
            time,
            logon.machine,
            &shapes::PROCESS,
            &[
                ("SubjectUserSid", Text(&sid)),
                ("SubjectUserName", Text(&name)),
                ("SubjectDomainName", Text(&world.short)),
                ("SubjectLogonId", Number(logon.id)),
                ("NewProcessId", Number(pid.into())),
                ("NewProcessName", Text(image)),
                ("TokenElevationType", Text("%%1936")),
                ("ProcessId", Number(parent.pid.into())),
                ("CommandLine", Text(command)),
                ("ParentProcessName", Text(&parent.image)),
                ("MandatoryLabel", Text(if system { "S-1-16-16384" } else { "S-1-16-12288" })),
            ],
        );
        if world.machine(logon.machine).sysmon {
            self.sysmon_process(time + 900, parent, &process);
        }
        process
    }

    fn sysmon_process(&mut self, time: Micros, parent: &Process, process: &Process) {
        let about = images::about(&process.image);
        let (user, parent_user) = (self.user(&process.logon), self.user(&parent.logon));
        let system = process.logon.person.is_none();
        let directory = if system { "C:\\Windows\\system32\\" } else { "C:\\Windows\\" };
        self.log.windows(
            time,
            process.logon.machine,
            &shapes::SYSMON_PROCESS,
            &[
                ("UtcTime", Text(&utc(time))),
                ("ProcessGuid", Guid(process.guid)),
                ("ProcessId", Number(process.pid.into())),
                ("Image", Text(&process.image)),
                ("FileVersion", Text(about.version)),
                ("Description", Text(about.description)),
                ("Product", Text(about.product)),
                ("Company", Text(about.company)),
                ("OriginalFileName", Text(about.original)),
                ("CommandLine", Text(&process.command)),
                ("CurrentDirectory", Text(directory)),
                ("User", Text(&user)),
                ("LogonGuid", Guid(process.logon.guid)),
                ("LogonId", Number(process.logon.id)),
                ("TerminalSessionId", Number(if system { 0 } else { 2 })),
                ("IntegrityLevel", Text(if system { "System" } else { "High" })),
                ("Hashes", Text(&images::hashes(&process.image))),
                ("ParentProcessGuid", Guid(parent.guid)),
                ("ParentProcessId", Number(parent.pid.into())),
                ("ParentImage", Text(&parent.image)),
                ("ParentCommandLine", Text(&parent.command)),
                ("ParentUser", Text(&parent_user)),
            ],
        );
    }

    /// A file written, where Sysmon runs.
    pub(crate) fn write_file(&mut self, time: Micros, process: &Process, path: &str) {
        if !self.world.machine(process.logon.machine).sysmon {
            return;
        }
        let (at, user) = (utc(time), self.user(&process.logon));
        self.log.windows(
            time,
            process.logon.machine,
            &shapes::SYSMON_FILE,
            &[
                ("UtcTime", Text(&at)),
                ("ProcessGuid", Guid(process.guid)),
                ("ProcessId", Number(process.pid.into())),
                ("Image", Text(&process.image)),
                ("TargetFilename", Text(path)),
                ("CreationUtcTime", Text(&at)),
                ("User", Text(&user)),
            ],
        );
    }

    /// A file deleted, where Sysmon runs.
    pub(crate) fn delete_file(&mut self, time: Micros, process: &Process, path: &str) {
        if !self.world.machine(process.logon.machine).sysmon {
            return;
        }
        let (at, user) = (utc(time), self.user(&process.logon));
        self.log.windows(
            time,
            process.logon.machine,
            &shapes::SYSMON_DELETE,
            &[
                ("UtcTime", Text(&at)),
                ("ProcessGuid", Guid(process.guid)),
                ("ProcessId", Number(process.pid.into())),
                ("User", Text(&user)),
                ("Image", Text(&process.image)),
                ("TargetFilename", Text(path)),
                ("Hashes", Text(&images::hashes(path))),
                ("IsExecutable", Text("false")),
                ("Archived", Text("false")),
            ],
        );
    }

    /// A registry value set, where Sysmon runs.
    pub(crate) fn set_value(&mut self, time: Micros, process: &Process, key: &str, details: &str) {
        if !self.world.machine(process.logon.machine).sysmon {
            return;
        }
        let user = self.user(&process.logon);
        self.log.windows(
            time,
            process.logon.machine,
            &shapes::SYSMON_REGISTRY,
            &[
                ("EventType", Text("SetValue")),
                ("UtcTime", Text(&utc(time))),
                ("ProcessGuid", Guid(process.guid)),
                ("ProcessId", Number(process.pid.into())),
                ("Image", Text(&process.image)),
                ("TargetObject", Text(key)),
                ("Details", Text(details)),
                ("User", Text(&user)),
            ],
        );
    }

    /// A process opened by another, where Sysmon runs.
    pub(crate) fn open_process(&mut self, time: Micros, source: &Process, target: &str, access: u64) {
        let machine = source.logon.machine;
        if !self.world.machine(machine).sysmon {
            return;
        }
        let system = self.system(machine);
        let target = self.running(system, target);
        let user = self.user(&source.logon);
        let trace = "C:\\Windows\\SYSTEM32\\ntdll.dll+9d4e4|C:\\Windows\\System32\\KERNELBASE.dll+2c13e|C:\\Windows\\System32\\dbgcore.dll+6cfe";
        self.log.windows(
            time,
            machine,
            &shapes::SYSMON_ACCESS,
            &[
                ("UtcTime", Text(&utc(time))),
                ("SourceProcessGUID", Guid(source.guid)),
                ("SourceProcessId", Number(source.pid.into())),
                ("SourceThreadId", Number(u64::from(source.pid) + 8)),
                ("SourceImage", Text(&source.image)),
                ("TargetProcessGUID", Guid(target.guid)),
                ("TargetProcessId", Number(target.pid.into())),
                ("TargetImage", Text(&target.image)),
                ("GrantedAccess", Number(access)),
                ("CallTrace", Text(trace)),
                ("SourceUser", Text(&user)),
                ("TargetUser", Text("NT AUTHORITY\\SYSTEM")),
            ],
        );
    }

    /// A connection made, where Sysmon runs.
    pub(crate) fn connect(&mut self, time: Micros, process: &Process, to: IpAddr, name: &str, port: u16) {
        let world = self.world;
        let machine = world.machine(process.logon.machine);
        if !machine.sysmon {
            return;
        }
        let (from, to) = (machine.ip.to_string(), to.to_string());
        let user = self.user(&process.logon);
        let source_port = self.dice.between(49_200, 65_000) as u64;
        self.log.windows(
            time,
            process.logon.machine,
            &shapes::SYSMON_CONNECTION,
            &[
                ("UtcTime", Text(&utc(time))),
                ("ProcessGuid", Guid(process.guid)),
                ("ProcessId", Number(process.pid.into())),
                ("Image", Text(&process.image)),
                ("User", Text(&user)),
                ("Protocol", Text("tcp")),
                ("Initiated", Text("true")),
                ("SourceIsIpv6", Text("false")),
                ("SourceIp", Text(&from)),
                ("SourceHostname", Text(&machine.full)),
                ("SourcePort", Number(source_port)),
                ("DestinationIsIpv6", Text("false")),
                ("DestinationIp", Text(&to)),
                ("DestinationHostname", Text(name)),
                ("DestinationPort", Number(port.into())),
            ],
        );
    }

    /// A name looked up, where Sysmon runs.
    pub(crate) fn resolve(&mut self, time: Micros, process: &Process, name: &str, answer: &str) {
        if !self.world.machine(process.logon.machine).sysmon {
            return;
        }
        let user = self.user(&process.logon);
        self.log.windows(
            time,
            process.logon.machine,
            &shapes::SYSMON_DNS,
            &[
                ("UtcTime", Text(&utc(time))),
                ("ProcessGuid", Guid(process.guid)),
                ("ProcessId", Number(process.pid.into())),
                ("QueryName", Text(name)),
                ("QueryStatus", Text("0")),
                ("QueryResults", Text(answer)),
                ("Image", Text(&process.image)),
                ("User", Text(&user)),
            ],
        );
    }

    /// A PowerShell script block.
    pub(crate) fn script(&mut self, time: Micros, machine: u32, text: &str, path: &str) {
        let block = format!(
            "{:08x}-{:04x}-4c1d-9f3e-{:012x}",
            self.dice.below(1 << 32),
            self.dice.below(1 << 16),
            self.dice.below(1 << 48)
        );
        self.log.windows(
            time,
            machine,
            &shapes::SCRIPT,
            &[
                ("MessageNumber", Number(1)),
                ("MessageTotal", Number(1)),
                ("ScriptBlockText", Text(text)),
                ("ScriptBlockId", Text(&block)),
                ("Path", Text(path)),
            ],
        );
    }

    /// A service installed: Security 4697 by who installed it, then System 7045.
    pub(crate) fn install(&mut self, time: Micros, logon: &Logon, name: &str, path: &str) {
        let (sid, user) = self.who(logon);
        let domain = self.world.short.as_str();
        self.log.windows(
            time,
            logon.machine,
            &shapes::SERVICE_INSTALLED_AUDIT,
            &[
                ("SubjectUserSid", Text(&sid)),
                ("SubjectUserName", Text(&user)),
                ("SubjectDomainName", Text(domain)),
                ("SubjectLogonId", Number(logon.id)),
                ("ServiceName", Text(name)),
                ("ServiceFileName", Text(path)),
                ("ServiceType", Number(0x10)),
                ("ServiceStartType", Number(3)),
                ("ServiceAccount", Text("LocalSystem")),
            ],
        );
        self.log.windows(
            time + 1_200,
            logon.machine,
            &shapes::SERVICE_INSTALLED,
            &[
                ("ServiceName", Text(name)),
                ("ImagePath", Text(path)),
                ("ServiceType", Text("user mode service")),
                ("StartType", Text("demand start")),
                ("AccountName", Text("LocalSystem")),
            ],
        );
    }

    pub(crate) fn service_state(&mut self, time: Micros, machine: u32, name: &str, state: &str) {
        self.log.windows(
            time,
            machine,
            &shapes::SERVICE_STATE,
            &[("param1", Text(name)), ("param2", Text(state))],
        );
    }

    /// A share opened over the network.
    pub(crate) fn share(&mut self, time: Micros, logon: &Logon, from: IpAddr, share: &str, path: &str) {
        let (sid, user) = self.who(logon);
        let (from, port) = (from.to_string(), self.dice.between(49_200, 65_000).to_string());
        let domain = self.world.short.as_str();
        self.log.windows(
            time,
            logon.machine,
            &shapes::SHARE,
            &[
                ("SubjectUserSid", Text(&sid)),
                ("SubjectUserName", Text(&user)),
                ("SubjectDomainName", Text(domain)),
                ("SubjectLogonId", Number(logon.id)),
                ("ObjectType", Text("File")),
                ("IpAddress", Text(&from)),
                ("IpPort", Text(&port)),
                ("ShareName", Text(share)),
                ("ShareLocalPath", Text(path)),
                ("AccessMask", Number(1)),
                ("AccessList", Text("%%4416\n\t\t\t\t")),
            ],
        );
    }

    /// A file of a share opened for writing (`write`) or reading.
    pub(crate) fn share_file(
        &mut self,
        time: Micros,
        logon: &Logon,
        from: IpAddr,
        share: (&str, &str),
        file: &str,
        write: bool,
    ) {
        let (sid, user) = self.who(logon);
        let (from, port) = (from.to_string(), self.dice.between(49_200, 65_000).to_string());
        let domain = self.world.short.as_str();
        let (mask, list) = if write { (0x2, "%%4417\n\t\t\t\t") } else { (0x1, "%%4416\n\t\t\t\t") };
        self.log.windows(
            time,
            logon.machine,
            &shapes::SHARE_FILE,
            &[
                ("SubjectUserSid", Text(&sid)),
                ("SubjectUserName", Text(&user)),
                ("SubjectDomainName", Text(domain)),
                ("SubjectLogonId", Number(logon.id)),
                ("ObjectType", Text("File")),
                ("IpAddress", Text(&from)),
                ("IpPort", Text(&port)),
                ("ShareName", Text(share.0)),
                ("ShareLocalPath", Text(share.1)),
                ("RelativeTargetName", Text(file)),
                ("AccessMask", Number(mask)),
                ("AccessList", Text(list)),
            ],
        );
    }

    /// A wrong password over the network; `known` is false for a name that does not exist.
    pub(crate) fn logon_failed(&mut self, time: Micros, machine: u32, name: &str, kind: u32, from: IpAddr) {
        let from = from.to_string();
        let port = self.dice.between(49_200, 65_000).to_string();
        let domain = self.world.short.as_str();
        self.log.windows(
            time,
            machine,
            &shapes::LOGON_FAILED,
            &[
                ("TargetUserName", Text(name)),
                ("TargetDomainName", Text(domain)),
                ("Status", Number(0xc000_006d)),
                ("FailureReason", Text("%%2313")),
                ("SubStatus", Number(0xc000_006a)),
                ("LogonType", Number(kind.into())),
                ("LogonProcessName", Text("NtLmSsp ")),
                ("AuthenticationPackageName", Text("NTLM")),
                ("IpAddress", Text(&from)),
                ("IpPort", Text(&port)),
            ],
        );
    }

    /// A service ticket, after the ticket that grants it where this is a first logon.
    fn ticket(&mut self, time: Micros, person: u32, machine: u32, from: IpAddr, first: bool) {
        let world = self.world;
        if first {
            self.granting_ticket(time, person, from);
        }
        let service = format!("{}$", world.machine(machine).host.to_uppercase());
        self.service_ticket(time + 8_000, person, &service, from, 0x12);
    }

    /// A ticket that grants tickets.
    pub(crate) fn granting_ticket(&mut self, time: Micros, person: u32, from: IpAddr) {
        let world = self.world;
        let who = world.person(person);
        let controller = *self.dice.pick(&world.controllers);
        let (from, port) = (format!("::ffff:{from}"), self.dice.between(49_200, 65_000).to_string());
        let krbtgt = format!("{}-502", world.sid);
        self.log.windows(
            time,
            controller,
            &shapes::TICKET_GRANTING,
            &[
                ("TargetUserName", Text(&who.name)),
                ("TargetDomainName", Text(&world.short)),
                ("TargetSid", Text(&who.sid)),
                ("ServiceName", Text("krbtgt")),
                ("ServiceSid", Text(&krbtgt)),
                ("TicketOptions", Number(0x4081_0010)),
                ("TicketEncryptionType", Number(0x12)),
                ("PreAuthType", Text("2")),
                ("IpAddress", Text(&from)),
                ("IpPort", Text(&port)),
                ("CertIssuerName", Text("")),
                ("CertSerialNumber", Text("")),
                ("CertThumbprint", Text("")),
            ],
        );
    }

    /// A ticket for a service; `encryption` is 0x12 for AES, 0x17 for RC4.
    pub(crate) fn service_ticket(
        &mut self,
        time: Micros,
        person: u32,
        service: &str,
        from: IpAddr,
        encryption: u64,
    ) {
        let world = self.world;
        let controller = *self.dice.pick(&world.controllers);
        let name = format!("{}@{}", world.person(person).name, world.domain.to_uppercase());
        let (from, port) = (format!("::ffff:{from}"), self.dice.between(49_200, 65_000).to_string());
        let sid = format!("{}-{}", world.sid, 1_000 + service.len());
        let guid = self.guid();
        self.log.windows(
            time,
            controller,
            &shapes::SERVICE_TICKET,
            &[
                ("TargetUserName", Text(&name)),
                ("TargetDomainName", Text(&world.domain.to_uppercase())),
                ("ServiceName", Text(service)),
                ("ServiceSid", Text(&sid)),
                ("TicketOptions", Number(0x4081_0000)),
                ("TicketEncryptionType", Number(encryption)),
                ("IpAddress", Text(&from)),
                ("IpPort", Text(&port)),
                ("LogonGuid", Guid(guid)),
            ],
        );
    }

    /// Credentials checked by a domain controller; `status` 0 when right.
    pub(crate) fn checked(&mut self, time: Micros, person: u32, workstation: &str, status: u64) {
        let controller = *self.dice.pick(&self.world.controllers);
        let name = self.world.person(person).name.as_str();
        self.log.windows(
            time,
            controller,
            &shapes::CREDENTIALS_CHECKED,
            &[
                ("PackageName", Text("MICROSOFT_AUTHENTICATION_PACKAGE_V1_0")),
                ("TargetUserName", Text(name)),
                ("Workstation", Text(workstation)),
                ("Status", Number(status)),
            ],
        );
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
