//! What servers tell of scripts, services and shares.

use std::net::IpAddr;

use super::{Logon, Scene};
use crate::evtx::Value::{Number, Text};
use crate::log::Micros;
use crate::shapes;

impl Scene<'_> {
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
}
