//! A small hospital group for tests.

use std::fmt::Write;

use hospital::{Map, MapFile, check};

pub(crate) fn map() -> Map {
    let mut text = String::from(
        "[hospital]\nname = \"Group\"\ntime_zone = \"Europe/Paris\"\n[[site]]\nid = \"north\"\nname = \"North\"\n[[zone]]\nid = \"lan\"\nname = \"LAN\"\nsite = \"north\"\n",
    );
    let mut add = |id: &str, kind: &str, os: &str, ip: &str| {
        let _ = write!(
            text,
            "[[asset]]\nid = \"{id}\"\nname = \"{id}\"\nkind = \"{kind}\"\nzone = \"lan\"\nsite = \"north\"\nhosts = [\"{id}.group.example\"]\nips = [\"{ip}\"]\nos = \"{os}\"\n"
        );
    };
    for number in 1..=3 {
        add(&format!("srv-ad-{number:02}"), "server", "Windows Server 2022", &format!("10.20.0.{number}"));
    }
    for number in 1..=60 {
        let role = ["ehr", "file", "pacs", "lab", "app", "sql"][number % 6];
        add(
            &format!("srv-{role}-{number:02}"),
            "server",
            "Windows Server 2019",
            &format!("10.20.1.{number}"),
        );
    }
    add("srv-backup-01", "server", "Windows Server 2022", "10.20.2.1");
    for number in 1..=120 {
        add(&format!("pc-{number:03}"), "workstation", "Windows 11", &format!("10.20.10.{number}"));
    }
    for number in 1..=5 {
        add(&format!("lnx-{number:02}"), "server", "Debian 12", &format!("10.20.3.{number}"));
        add(&format!("www-{number:02}"), "web-site", "Debian 12", &format!("10.20.4.{number}"));
        add(&format!("modality-{number:02}"), "device", "", &format!("10.20.5.{number}"));
    }
    add("fw-edge-01", "firewall", "", "10.20.6.1");
    let checked = check(vec![MapFile { name: "map.toml".into(), bytes: text.into_bytes() }]);
    assert!(checked.errors.is_empty(), "{:?}", checked.errors);
    checked.map.unwrap()
}
