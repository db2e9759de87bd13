//! What a connection is for, told by its port, and whether its client waits for the answer.
//!
//! Invariant: administration (remote desktop, shells) is never a need: an attacker's path looks the same.

use std::fmt;

use hospital::Effect;

/// What one machine asks of another.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Service {
    /// A logon over the network, whatever carried it.
    Logon,
    /// A tunnel from outside.
    Vpn,
    /// A port that people have a word for.
    Known(&'static str),
    /// Another port.
    Port(u16),
    /// Ports that are given as they come.
    Dynamic,
}

/// What the loss of a provider does, where a need can be guessed at all.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Want {
    /// Any one of those seen is enough: directory, names.
    AnyOf(&'static str, Effect),
    /// Each of those seen: databases, image stores, files.
    Each(Effect),
}

const PORTS: [(u16, &str); 42] = [
    (22, "ssh"),
    (25, "smtp"),
    (53, "dns"),
    (67, "dhcp"),
    (80, "http"),
    (88, "kerberos"),
    (104, "dicom"),
    (123, "ntp"),
    (135, "rpc"),
    (139, "smb"),
    (143, "imap"),
    (161, "snmp"),
    (389, "ldap"),
    (443, "https"),
    (445, "smb"),
    (464, "kerberos"),
    (502, "modbus"),
    (514, "syslog"),
    (515, "printing"),
    (587, "smtp"),
    (631, "printing"),
    (636, "ldap"),
    (902, "vmware"),
    (993, "imap"),
    (1433, "mssql"),
    (1521, "oracle"),
    (1812, "radius"),
    (2049, "nfs"),
    (2575, "hl7"),
    (3260, "iscsi"),
    (3268, "ldap"),
    (3269, "ldap"),
    (3306, "mysql"),
    (3389, "rdp"),
    (4242, "dicom"),
    (5060, "sip"),
    (5432, "postgresql"),
    (5985, "winrm"),
    (5986, "winrm"),
    (8443, "https"),
    (9100, "printing"),
    (11112, "dicom"),
];

impl Service {
    /// The service of a port.
    #[must_use]
    pub fn of_port(port: u16) -> Service {
        match PORTS.binary_search_by_key(&port, |it| it.0) {
            Ok(place) => Service::Known(PORTS[place].1),
            Err(_) if port >= 49_152 => Service::Dynamic,
            Err(_) => Service::Port(port),
        }
    }

    /// What its client waits for; nothing where no need follows.
    pub(crate) fn want(self) -> Option<Want> {
        let Service::Known(word) = self else { return None };
        match word {
            "kerberos" | "ldap" => Some(Want::AnyOf("directory", Effect::Degrades)),
            "dns" => Some(Want::AnyOf("dns", Effect::Degrades)),
            "radius" => Some(Want::AnyOf("radius", Effect::Degrades)),
            "mssql" | "oracle" | "mysql" | "postgresql" | "nfs" | "iscsi" => Some(Want::Each(Effect::Stops)),
            "dicom" | "hl7" | "modbus" | "smb" | "http" | "https" | "imap" | "smtp" => {
                Some(Want::Each(Effect::Degrades))
            }
            _ => None,
        }
    }

    /// Whether medical devices and their stores speak it.
    pub(crate) fn is_medical(self) -> bool {
        matches!(self, Service::Known("dicom" | "hl7"))
    }

    /// Whether a machine that answers it to many is a server.
    pub(crate) fn is_served(self) -> bool {
        self.want().is_some() || matches!(self, Service::Port(_))
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Service::Logon => f.write_str("windows-logon"),
            Service::Vpn => f.write_str("vpn"),
            Service::Known(word) => f.write_str(word),
            Service::Port(port) => write!(f, "port-{port}"),
            Service::Dynamic => f.write_str("dynamic-ports"),
        }
    }
}
