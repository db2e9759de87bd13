//! What processes do, as Windows' audit and Sysmon tell it.

use std::net::IpAddr;

use super::{Logon, Process, Scene, utc};
use crate::evtx::Value::{Guid, Number, Text};
use crate::images;
use crate::log::Micros;
use crate::shapes;

impl Scene<'_> {
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
}
