//! A file that is damaged costs its own events alone.

use lake::{First, Query, Span};

use crate::{folder, likeness, process, rows};

/// Cuts and flips all along the file: the events come back as they were, or the file is named as unread; the other
/// file is read in any case.
#[test]
fn a_damaged_file_is_named_and_the_others_are_read() {
    let (folder, lake) = folder();
    let day = "2026-11-21".parse().unwrap();
    lake.append(day, "a", 0, rows(&[process("dc-01", "whoami", &["r"]), process("dc-02", "whoami", &[])]))
        .unwrap();
    lake.append(day, "b", 0, rows(&[process("srv-01", "whoami", &[])])).unwrap();
    let path = folder.path().join("day=2026-11-21/source=a/0-1.parquet");
    let sound = std::fs::read(&path).unwrap();
    let all: Query = "".parse().unwrap();
    let look = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        let mut hosts = Vec::new();
        let searched = lake
            .search(&all, Span::default(), First::Oldest, &|| false, |kept| {
                hosts.push((kept.event.host.clone().unwrap_or_default(), likeness(&kept)));
                true
            })
            .unwrap();
        assert!(hosts.iter().any(|(host, _)| host == "srv-01"));
        (hosts, searched.unread.len())
    };
    let (whole, unread) = look(&sound);
    assert_eq!((whole.len(), unread), (3, 0));
    for cut in (0..sound.len()).step_by(11) {
        let (hosts, unread) = look(&sound[..cut]);
        assert_eq!((hosts.len(), unread), (1, 1), "cut at {cut}");
    }
    for place in (0..sound.len()).step_by(7) {
        let mut bytes = sound.clone();
        bytes[place] ^= 0x40;
        look(&bytes);
    }
}
