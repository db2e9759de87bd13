//! What a map still lacks before a night, counted.
//!
//! Invariant: a gap names each thing that it counts, so that somebody can close it.

use hospital::{Kind, Map, MapFile, NodeId};

/// Something that every one of a kind should have.
pub(super) struct Gap {
    /// Its word: `gap-WORD`, and `gap-well-WORD` where nothing is missing.
    pub(super) word: &'static str,
    /// How many there are.
    pub(super) all: usize,
    /// Those that lack it: id and name.
    pub(super) open: Vec<(String, String)>,
}

/// The gaps of a map, in the order in which a night needs them.
pub(super) fn gaps(map: &Map) -> Vec<Gap> {
    let care: Vec<_> = map.care().collect();
    let named = |id: &str, name: &str| (id.to_owned(), name.to_owned());
    let levers = |lacks: fn(&hospital::Lever) -> bool| {
        map.levers.iter().filter(|lever| lacks(lever)).map(|lever| named(&lever.id, &lever.label)).collect()
    };
    let bearing: Vec<&hospital::Node> = bearing(map);
    let come_back =
        bearing.iter().filter(|node| node.restore.is_none()).map(|node| named(&node.id, &node.name));
    let kept: Vec<_> = bearing.iter().filter(|node| !node.backups.is_empty()).collect();
    let tested = kept.iter().filter(|node| node.backups.iter().all(|backup| backup.tested_at.is_none()));
    let silent = map.contacts.iter().filter(|contact| contact.channels.is_empty());
    vec![
        Gap {
            word: "procedure",
            all: care.len(),
            open: care
                .iter()
                .filter(|it| it.2.procedure.is_none())
                .map(|it| named(&it.1.id, &it.1.name))
                .collect(),
        },
        Gap { word: "place", all: map.levers.len(), open: levers(|lever| lever.place.is_none()) },
        Gap { word: "who", all: map.levers.len(), open: levers(|lever| lever.who.is_none()) },
        Gap { word: "restore", all: bearing.len(), open: come_back.collect() },
        Gap {
            word: "tested",
            all: kept.len(),
            open: tested.map(|node| named(&node.id, &node.name)).collect(),
        },
        Gap {
            word: "contact",
            all: map.contacts.len(),
            open: silent.map(|it| named(&it.id, &it.name)).collect(),
        },
    ]
}

/// Machines on which care rests, however far down; accounts aside.
fn bearing(map: &Map) -> Vec<&hospital::Node> {
    let mut borne = vec![false; map.nodes.len()];
    let mut open: Vec<NodeId> = map.care().map(|(id, _, _)| id).collect();
    while let Some(node) = open.pop() {
        for provider in map.node(node).needs.iter().flat_map(|need| &need.on) {
            if !std::mem::replace(&mut borne[provider.index()], true) {
                open.push(*provider);
            }
        }
    }
    let machine = |node: &hospital::Node| matches!(&node.kind, Kind::Asset(asset) if !asset.is_account());
    map.all().filter(|(id, node)| borne[id.index()] && machine(node)).map(|(_, node)| node).collect()
}

/// Where an id is written first: file and line from 1. `id = "x"`, or the first cell of a sheet's row.
pub(super) fn place<'f>(files: &'f [MapFile], id: &str) -> Option<(&'f str, usize)> {
    let says = |line: &str, sheet: bool| {
        let line = line.trim_start();
        if sheet {
            let cell = line.split([',', ';', '\t']).next().unwrap_or_default();
            return cell.trim_matches(['"', ' ']) == id;
        }
        let key = line.split_once("id").filter(|(before, _)| before.trim_matches(['{', '[', ' ']).is_empty());
        let value = key.and_then(|(_, rest)| rest.trim_start().strip_prefix('='));
        value.is_some_and(|value| {
            value
                .trim_start()
                .trim_start_matches(['"', '\''])
                .strip_prefix(id)
                .is_some_and(|rest| rest.starts_with(['"', '\'']))
        })
    };
    files.iter().find_map(|file| {
        let text = String::from_utf8_lossy(&file.bytes);
        let line = text.lines().position(|line| says(line, file.name.ends_with(".csv")))?;
        Some((file.name.as_str(), line + 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> MapFile {
        MapFile { name: name.into(), bytes: text.as_bytes().to_vec() }
    }

    #[test]
    fn gaps_name_what_is_missing_and_a_place_leads_to_it() {
        let text = super::super::SMALLEST;
        let checked = hospital::check(vec![file("map.toml", text)]);
        assert_eq!(checked.errors, []);
        let map = checked.map.unwrap();
        let open = |word: &str| gaps(&map).into_iter().find(|gap| gap.word == word).unwrap().open;
        assert_eq!(open("procedure"), []);
        assert_eq!(open("place"), []);
        assert_eq!(open("restore"), [("srv-record".to_owned(), "Record server".to_owned())]);
        let files = [file("a.csv", "id,name\nsrv-9,Nine\n"), file("map.toml", text)];
        let line = text.lines().position(|line| line == "id = \"srv-record\"").unwrap() + 1;
        assert_eq!(place(&files, "srv-record"), Some(("map.toml", line)));
        assert_eq!(place(&files, "srv-9"), Some(("a.csv", 2)));
        assert_eq!(place(&files, "srv"), None);
    }
}
