//! What domain controllers tell of tickets, and machines of wrong passwords.

use std::net::IpAddr;

use super::Scene;
use crate::evtx::Value::{Guid, Number, Text};
use crate::log::Micros;
use crate::shapes;

impl Scene<'_> {
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
    pub(super) fn ticket(&mut self, time: Micros, person: u32, machine: u32, from: IpAddr, first: bool) {
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
}
