//! Mistakes told in French, and words that are filled alike in both languages.

use std::collections::{BTreeMap, BTreeSet};

use assess::{Lang, Words};
use content::Content;
use hospital::{MapFile, check};
use jiff::tz::TimeZone;

/// What fills each message of `map-mistakes.ftl`, by key.
fn fillings(lang: &str) -> BTreeMap<String, BTreeSet<String>> {
    let content = Content::embedded();
    let file = content.file(&format!("words/{lang}/map-mistakes.ftl")).unwrap();
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in std::str::from_utf8(file).unwrap().lines() {
        if let Some((name, _)) = line.split_once(" =").filter(|_| line.starts_with(char::is_alphabetic)) {
            name.clone_into(&mut key);
        }
        let names = line.split("{ $").skip(1).map(|rest| rest.split(' ').next().unwrap().to_owned());
        all.entry(key.clone()).or_default().extend(names);
    }
    all
}

#[test]
fn both_languages_are_filled_with_the_same() {
    let (english, french) = (fillings("en"), fillings("fr"));
    assert!(english.len() > 100, "{}", english.len());
    assert_eq!(english, french);
}

#[test]
fn mistakes_are_told_in_french() {
    let cases = [
        (
            "[[care_service]]\nid = \"er\"\nname = \"Urgences\"\nsite = \"nrod\"\nweight = 9\nneeds = [{ on = [\"zzz\"] }]\n[[site]]\nid = \"nord\"\nname = \"Nord\"",
            "`nrod` n’est pas sur la carte : vouliez-vous dire `nord` ?\n\
             `zzz` n’est pas sur la carte : ajoutez-le ou corrigez le nom : il faut ici un service de soins, une application ou un équipement",
        ),
        (
            "[[asset]]\nid = \"srv\"\nname = 3\nzone = \"internet\"\nhots = []",
            "l’équipement `srv` n’a pas de clé `kind` : écrivez server, workstation, switch, device, account ou ce que c’est\n\
             l’équipement `srv` n’a pas de clé `site` : nommez son site\n\
             `name` est un nombre entier ; il faut ici un texte : écrivez-le entre guillemets\n\
             `hots` n’est pas une clé de la table `asset` : vouliez-vous dire `hosts` ?",
        ),
        (
            "[hospital]\ndegraded = -1\nspread = \"bientôt\"\n[[site]]\nid = \"a\"\nname = \"A\"\n[[site]]\nid = \"a\"",
            "`degraded` vaut -1 ; il faut un nombre de 0 à 10 : corrigez le nombre\n\
             `spread` vaut `bientôt`, qui n’est pas une durée : écrivez-la comme 45s, 20min, 4h, 1h30 ou 2d, entre guillemets\n\
             `a` est déjà l’id d’un site : donnez à chacun son propre id",
        ),
        (
            "[[application]]\nid = \"x\"\nname = \"X\"\nrestore = [{ id = \"x.a\", duration = [\"1h\", \"2h\"], skill = \"réseau\", clean = 2 }, { duration = \"1h\" }]\n[[team]]\nid = \"t\"\nskill = \"windows\"",
            "aucune équipe n’a la compétence `réseau` : ajoutez une équipe ; les compétences sont : windows\n\
             il faut 2 places propres, et les salles propres n’en ont pas : ajoutez une salle propre à teams.toml, ou demandez-en moins\n\
             `duration` a 2 valeurs : écrivez-en une, ou trois : au mieux, probable, au pire\n\
             une étape n’a pas de clé `id` : donnez-lui-en une, comme pacs-a.os",
        ),
        (
            "[hospital]\nname = \"",
            "ce n’est pas du TOML : invalid basic string, expected `\"` : voyez sur https://toml.io comment le TOML s’écrit",
        ),
        (
            "site = 1\n[[lever]]\nid = \"l\"\nlabel = \"L\"\nplace = \"ici\"\nwho = \"moi\"\nminutes = 2",
            "`site` est un nombre entier : écrivez [[site]]\n\
             il manque à la fiche de coupure de `l` : undo : écrivez ce qu’il faudra à quelqu’un en pleine nuit\n\
             le levier `l` ne fait rien : écrivez ce qu’il isole, ferme ou désactive",
        ),
    ];
    let words = Words::load(&Content::embedded(), Lang::Fr, TimeZone::UTC).unwrap();
    for (text, expected) in cases {
        let checked = check(vec![MapFile { name: "map.toml".into(), bytes: text.into() }]);
        let all = checked.errors.iter().chain(&checked.remarks).filter(|it| it.code != "no-care");
        let told: Vec<String> =
            all.map(|it| format!("{} : {}", words.tell(&it.message), words.tell(&it.help))).collect();
        assert_eq!(told.join("\n").replace('\u{a0}', " "), expected, "{text}");
    }
}
