//! Maps with very many mistakes.

use std::fmt::Write;
use std::time::{Duration, Instant};

use crate::{folder, json, text};

#[test]
fn ten_thousand_mistakes_are_all_said_and_soon() {
    let mut map = "site = [{ id = \"north\", name = \"North\" }]\nzone = [{ id = \"servers\", name = \"S\", site = \"north\" }]\n".to_owned();
    for number in 0..10_000 {
        writeln!(map, "[[asset]]\nid = \"srv-{number}\"\nname = \"Server\"\nkind = \"server\"\nsite = \"north\"\nzone = \"serv{number}\"").unwrap();
    }
    let path = folder("mistakes").join("map.toml");
    std::fs::write(&path, map).unwrap();
    let start = Instant::now();
    let checked = json(2, &["map", "check", text(&path), "--format", "json"]);
    let errors = checked["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 10_000);
    for (place, error) in errors.iter().enumerate() {
        assert_eq!(error["file"], "map.toml");
        assert_eq!(error["line"], 8 + 6 * place, "{error}");
        for part in ["code", "message", "help"] {
            assert!(error[part].as_str().is_some_and(|it| !it.is_empty()), "{error}");
        }
    }
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}
