//! What is kept, for how long, under which name.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use lake::{First, Kept, Lake, LakeError, Query, Span};

use crate::{folder, found, process, rows};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if path.extension().is_some_and(|it| it == "parquet") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn batch(count: usize) -> Vec<Kept> {
    (0..count).map(|it| process(&format!("srv-{it}"), "whoami", &[])).collect()
}

#[test]
fn an_event_is_kept_once_by_its_number_also_after_a_restart() {
    let (folder, lake) = folder();
    assert_eq!(lake.last("vector"), None);
    lake.append(day("2026-11-21"), "vector", 1, rows(&batch(3))).unwrap();
    for lake in [lake, Lake::open(folder.path()).unwrap()] {
        assert_eq!(lake.last("vector"), Some(3));
        let again = lake.append(day("2026-11-22"), "vector", 3, rows(&batch(1))).unwrap_err();
        assert!(matches!(again, LakeError::Again { last: 3, .. }), "{again}");
        assert_eq!(found(&lake, "", Span::default()).len(), 3);
    }
}

#[test]
fn a_source_may_have_any_name() {
    let (folder, lake) = folder();
    for source in ["../../etc", "", "dc 01/é", "%41", "."] {
        lake.append(day("2026-11-21"), source, 0, rows(&batch(1))).unwrap();
    }
    let again = Lake::open(folder.path()).unwrap();
    for source in ["../../etc", "", "dc 01/é", "%41", "."] {
        assert_eq!(again.last(source), Some(0), "{source}");
    }
    assert_eq!(files(folder.path()).len(), 5);
    assert_eq!(found(&again, "", Span::default()).len(), 5);
}

#[test]
fn small_files_become_one_and_those_it_joined_go_at_the_next_turn() {
    let (folder, lake) = folder();
    for number in 0..5 {
        lake.append(day("2026-11-21"), "vector", number, rows(&batch(1))).unwrap();
    }
    lake.append(day("2026-11-22"), "vector", 5, rows(&batch(1))).unwrap();
    assert_eq!(files(folder.path()).len(), 6);
    lake.merge(Date::MIN).unwrap();
    assert_eq!(files(folder.path()).len(), 7);
    assert_eq!(found(&lake, "", Span::default()).len(), 6);
    lake.merge(Date::MIN).unwrap();
    assert_eq!(files(folder.path()).len(), 2);
    assert_eq!(found(&lake, "", Span::default()).len(), 6);
    assert_eq!(Lake::open(folder.path()).unwrap().last("vector"), Some(5));
}

#[test]
fn days_go_by_age_and_by_size_and_the_last_day_stays() {
    let (folder, lake) = folder();
    for (number, text) in (0..).zip(["2026-08-01", "2026-11-20", "2026-11-21", "2026-11-22"]) {
        lake.append(day(text), "vector", number, rows(&batch(1))).unwrap();
    }
    assert_eq!(lake.retain(Some(day("2026-08-01")), None).unwrap().files, 0);
    assert_eq!(lake.retain(Some(day("2026-08-24")), None).unwrap().files, 1);
    let size = std::fs::metadata(&files(folder.path())[0]).unwrap().len();
    assert_eq!(lake.retain(None, Some(2 * size + size / 2)).unwrap().files, 1);
    assert_eq!(lake.retain(Some(day("2030-01-01")), Some(0)).unwrap().files, 1);
    assert_eq!(files(folder.path()).len(), 1);
    assert_eq!(Lake::open(folder.path()).unwrap().last("vector"), Some(3));
}

#[test]
fn an_event_that_was_let_go_is_not_kept_again() {
    let (folder, lake) = folder();
    lake.append(day("2026-11-20"), "upload", 0, rows(&batch(3))).unwrap();
    lake.append(day("2026-11-21"), "vector", 0, rows(&batch(1))).unwrap();
    assert_eq!(lake.retain(Some(day("2026-11-21")), None).unwrap().files, 1);
    let again = Lake::open(folder.path()).unwrap();
    assert_eq!(again.last("upload"), Some(2));
    assert!(again.append(day("2026-11-22"), "upload", 0, rows(&batch(3))).is_err());
}

#[test]
fn days_before_a_merge_begins_stay_as_they_are() {
    let (folder, lake) = folder();
    for (number, text) in (0..).zip(["2026-11-20", "2026-11-20", "2026-11-21", "2026-11-21"]) {
        lake.append(day(text), "vector", number, rows(&batch(1))).unwrap();
    }
    lake.merge(day("2026-11-21")).unwrap();
    assert_eq!(files(folder.path()).len(), 5);
    lake.merge(day("2026-11-21")).unwrap();
    assert_eq!(files(folder.path()).len(), 3);
}

#[test]
fn a_search_leaves_out_what_cannot_hold_it() {
    let (_folder, lake) = folder();
    for (number, host) in (0..).zip(["dc-01", "dc-02", "srv-01"]) {
        lake.append(day("2026-11-21"), "vector", number, rows(&[process(host, "whoami", &[])])).unwrap();
    }
    let read = |query: &str, since: Option<&str>| {
        let span = Span { since: since.map(|it| it.parse().unwrap()), until: None };
        let searched =
            lake.search(&query.parse::<Query>().unwrap(), span, First::Oldest, &|| false, |_| true).unwrap();
        (searched.events, searched.found)
    };
    assert_eq!(read("host:DC-02", None), (1, 1));
    assert_eq!(read("host:dc-*", None), (3, 2));
    assert_eq!(read("host:dc-01 or user:nobody", None), (1, 1));
    assert_eq!(read("", Some("2026-11-22T00:00:00Z")), (0, 0));
}

#[test]
fn a_search_ends_when_it_is_told_to() {
    let (_folder, lake) = folder();
    lake.append(day("2026-11-21"), "vector", 0, rows(&batch(10))).unwrap();
    lake.append(day("2026-11-22"), "vector", 10, rows(&batch(10))).unwrap();
    let mut seen = 0;
    lake.search(&"".parse::<Query>().unwrap(), Span::default(), First::Oldest, &|| false, |_| {
        seen += 1;
        seen < 3
    })
    .unwrap();
    assert_eq!(seen, 3);
    let asked = std::cell::Cell::new(0);
    let stop = || {
        asked.set(asked.get() + 1);
        asked.get() > 5
    };
    let all = "".parse::<Query>().unwrap();
    let searched = lake.search(&all, Span::default(), First::Oldest, &stop, |_| true).unwrap();
    assert_eq!((searched.events, searched.files, searched.not_reached), (5, 1, 1));
}

#[test]
fn a_search_begins_with_the_oldest_day_or_with_the_latest() {
    let (_folder, lake) = folder();
    for (number, text) in (0..).zip(["2026-11-20", "2026-11-21"]) {
        lake.append(day(text), text, number, rows(&[process(text, "whoami", &[])])).unwrap();
    }
    for (first, host) in [(First::Oldest, "2026-11-20"), (First::Latest, "2026-11-21")] {
        let mut hosts = Vec::new();
        let all = "".parse::<Query>().unwrap();
        lake.search(&all, Span::default(), first, &|| false, |kept| {
            hosts.extend(kept.event.host);
            false
        })
        .unwrap();
        assert_eq!(hosts, [host]);
    }
}

#[test]
fn what_others_lay_in_the_folder_is_left_alone() {
    let (folder, lake) = folder();
    lake.append(day("2026-11-21"), "vector", 0, rows(&batch(1))).unwrap();
    let others = [
        "notes.txt",
        "day=2026-11-21/source=vector/0-0.parquet.bak",
        "day=2026-11-21/source=vector/01-2.parquet",
    ];
    for name in others {
        std::fs::write(folder.path().join(name), "x").unwrap();
    }
    lake.merge(Date::MIN).unwrap();
    lake.retain(Some(day("2030-01-01")), Some(0)).unwrap();
    assert_eq!(found(&lake, "", Span::default()).len(), 1);
    for name in others {
        assert!(folder.path().join(name).exists(), "{name}");
    }
}
