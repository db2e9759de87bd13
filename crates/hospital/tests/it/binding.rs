//! Names and addresses in, an asset out: the stated order, as a table.

use std::net::IpAddr;

use hospital::{Binder, Bound, Kind, Map, NodeId};

use crate::maps::{asset, map, node};

fn names() -> Map {
    // Id, hosts, aliases, addresses, last byte of the hardware address.
    type Row = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str], u8);
    let rows: [Row; 5] = [
        ("a", &["PC1.north.example"], &["reception"], &["10.0.0.1"], 1),
        ("b", &["pc1.south.example"], &["Twin"], &["10.0.0.2", "fe80::2"], 2),
        ("c", &["srv-ad-01"], &["twin", "dc"], &["10.0.0.2"], 3),
        ("d", &["srv-pacs", "srv-pacs.north.example"], &["srv-ad-01"], &[], 4),
        ("e", &["pacs", "10.0.0.9"], &[], &["10.9.9.9"], 4),
    ];
    let nodes = rows.iter().map(|(id, hosts, aliases, ips, mac)| {
        let mut kind = asset(Some(0));
        if let Kind::Asset(asset) = &mut kind {
            asset.hosts = hosts.iter().map(|it| (*it).to_owned()).collect();
            asset.aliases = aliases.iter().map(|it| (*it).to_owned()).collect();
            asset.ips = ips.iter().map(|it| it.parse().unwrap()).collect();
            asset.macs = vec![[0, 0, 0, 0, 0, *mac]];
        }
        node(id, kind, Vec::new())
    });
    map(nodes.collect(), 1, Vec::new(), Vec::new())
}

#[test]
fn binding_follows_the_stated_order() {
    // Hosts, addresses, last bytes of hardware addresses; what they are bound to.
    type Case = (&'static [&'static str], &'static [&'static str], &'static [u8], &'static str);
    let cases: [Case; 19] = [
        (&["SRV-AD-01"], &[], &[], "c"),
        (&["srv-ad-01.any.example"], &[], &[], "c"),
        (&["srv-ad-01."], &[], &[], "c"),
        (&["pc1"], &[], &[], "a b"),
        (&["Pc1.North.Example"], &[], &[], "a"),
        (&["pc1.west.example"], &[], &[], ""),
        (&["srv-pacs.south.example"], &[], &[], "d"),
        (&["Reception"], &[], &[], "a"),
        (&["twin"], &[], &[], "b c"),
        (&["pc1", "srv-ad-01"], &[], &[], "a b c"),
        (&["srv-ad-01"], &["10.0.0.1"], &[1], "a"),
        (&["srv-ad-01"], &["10.0.0.1"], &[9], "c"),
        (&["nobody"], &["10.0.0.1"], &[], "a"),
        (&[], &["10.0.0.2"], &[], "b c"),
        (&[], &["FE80::2"], &[], "b"),
        (&[], &["::ffff:10.0.0.1"], &[], "a"),
        (&["10.0.0.1"], &[], &[], "a"),
        (&["srv-ad-01"], &[], &[4], "d e"),
        (&["nobody", ""], &["10.1.1.1"], &[], ""),
    ];
    let map = names();
    let binder = Binder::new(&map);
    for (hosts, ips, macs, expected) in cases {
        let ips: Vec<IpAddr> = ips.iter().map(|it| it.parse().unwrap()).collect();
        let macs: Vec<[u8; 6]> = macs.iter().map(|it| [0, 0, 0, 0, 0, *it]).collect();
        let expected: Vec<NodeId> = expected.split_whitespace().map(|id| map.find(id).unwrap()).collect();
        let expected = match expected[..] {
            [] => Bound::Unknown,
            [asset] => Bound::Asset(asset),
            _ => Bound::Ambiguous(expected),
        };
        assert_eq!(binder.bind(hosts, &ips, &macs), expected, "{hosts:?} {ips:?} {macs:?}");
    }
}
