//! Maps with mistakes: very many of them, and in the language of their author.

use std::fmt::Write;
use std::time::{Duration, Instant};

use crate::{folder, json, rempart, run, text};

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

#[test]
fn a_map_is_checked_in_the_language_of_its_author() {
    let folder = folder("language");
    let (wrong, sound) = (folder.join("wrong.toml"), folder.join("sound.toml"));
    std::fs::write(&wrong, "[[site]]\nid = \"nord\"\n").unwrap();
    std::fs::write(&sound, "[[application]]\nid = \"dpi\"\nname = \"Dossier\"\n").unwrap();
    let french = "wrong.toml:1:1: le site `nord` n’a pas de clé `name` [missing-name]\n    écrivez le nom que les gens emploient\nÀ corriger : 1. À regarder : 0.\n";
    let english = "wrong.toml:1:1: the site `nord` has no `name` [missing-name]\n    write the name that people use\nMistakes: 1. Remarks: 0.\n";
    let cases: [(&str, &[&str], &str); 4] = [
        ("C", &[], english),
        ("C", &["--lang", "fr"], french),
        ("fr_FR.UTF-8", &[], french),
        ("fr_FR.UTF-8", &["--lang", "en"], english),
    ];
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\u{a0}', " ");
    for (machine, more, expected) in cases {
        let checked = rempart()
            .args(["map", "check", text(&wrong)])
            .args(more)
            .env("LC_ALL", machine)
            .output()
            .unwrap();
        assert_eq!(said(&checked.stdout), expected, "{machine} {more:?}");
    }
    let checked = run(["map", "check", text(&sound), "--lang", "fr"]);
    assert_eq!(
        said(&checked.stdout),
        "à regarder : sound.toml:1:1: la carte n’a aucun service de soins : aucune perte n’y touche de soins [no-care]\n    écrivez les services de soins dans hospital.toml\nLa carte est correcte : un nœud. À regarder : 1.\n"
    );
    let checked = json(2, &["map", "check", text(&wrong), "--format", "json", "--lang", "fr"]);
    assert_eq!(checked["errors"][0]["message"], "the site `nord` has no `name`", "programs read English");
    std::fs::write(&wrong, "[[site]]\nname = \"Nord\"\n").unwrap();
    let refused = run(["map", "draw", text(&wrong), "--out", text(&folder.join("map.svg")), "--lang", "fr"]);
    let refused = said(&refused.stderr);
    for part in
        ["un site n’a pas de clé `id` [missing-key]", "la carte a des fautes (1) et ne peut pas servir"]
    {
        assert!(refused.contains(part), "{refused}");
    }
}
