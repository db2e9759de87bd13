//! Every content file is valid, bilingual and complete.

use govern::{Facts, Known, Language, Limit, Mistake, Obligations, Value, draft};

pub fn shipped() -> Obligations {
    let files = content::Content::embedded();
    let loaded = Obligations::load(files.under("obligations/"));
    loaded.unwrap_or_else(|mistakes| {
        panic!("{}", mistakes.iter().map(|it| format!("{it}\n")).collect::<String>())
    })
}

#[test]
fn packs_hold_the_clock_table() {
    let shared = [
        "ai-serious-incident",
        "cra-manufacturer",
        "cra-manufacturer-final",
        "cra-manufacturer-fix",
        "cra-manufacturer-notification",
        "gdpr-authority",
        "gdpr-persons",
        "gdpr-processor",
        "gdpr-register",
        "mdr-manufacturer",
        "nis2-early-warning",
        "nis2-final",
        "nis2-intermediate",
        "nis2-notification",
        "nis2-recipients",
    ];
    let french =
        ["fr-critical-operator", "fr-device-vigilance", "fr-health-incident", "fr-insurance-complaint"];
    let american = ["us-hipaa", "us-hipaa-hhs", "us-hipaa-hhs-yearly", "us-hipaa-media"];
    let ids = |packs: &[&str]| -> Vec<String> {
        shipped().of_packs(packs).all().iter().map(|it| it.id.clone()).collect()
    };
    let sorted = |mut ids: Vec<&str>| {
        ids.sort_unstable();
        ids.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(ids(&["eu"]), sorted(shared.to_vec()));
    assert_eq!(ids(&["fr"]), sorted([shared.to_vec(), french.to_vec()].concat()));
    assert_eq!(ids(&["us"]), sorted(american.to_vec()));
}

#[test]
fn drafts_mark_what_is_unknown() {
    for obligation in shipped().all() {
        for (language, mark) in [(Language::Fr, "[à compléter : "), (Language::En, "[to be filled in: ")] {
            let text = draft(obligation, &Known::default(), language);
            assert!(text.contains(mark), "{}", obligation.id);
            assert!(!text.contains(['{', '}']), "{}: {text}", obligation.id);
        }
        for held in &obligation.must_hold {
            let mut known = Known::default();
            known.tell(&held.item, "a {since} b");
            let text = draft(obligation, &known, Language::En);
            assert!(text.contains("a {since} b"), "{}: {text}", obligation.id);
            assert!(!text.contains(&format!("[to be filled in: {}]", held.label.in_language(Language::En))));
        }
    }
}

#[test]
fn a_draft_reads() {
    let all = shipped();
    let obligation = all.find("nis2-early-warning").expect("it ships");
    let mut known = Known::default();
    known.tell("establishment", "CH du Nord");
    known.tell("malicious", "oui");
    known.tell("since", " \u{1b} ");
    let text = draft(obligation, &known, Language::Fr);
    for line in [
        "Entité : CH du Nord\n",
        "Acte illicite ou malveillant soupçonné : oui\n",
        "Depuis quand : [à compléter : depuis quand]\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn facts_in_words() {
    let all = shipped();
    let facts = Facts::stated([("persons", Value::Number(40)), ("controller", Value::Yes)])
        .or_assume([("risk_unlikely", Value::No)]);
    for (fact, french, english) in [
        ("controller", "responsable du traitement", "controller of the data"),
        ("risk_unlikely", "risque improbable pour les personnes : non", "risk to persons unlikely: no"),
        ("persons", "nombre de personnes : 40", "number of persons: 40"),
        ("high_risk", "risque élevé pour les personnes : inconnu", "high risk to persons: unknown"),
    ] {
        assert_eq!(all.phrase(fact, &facts, Language::Fr), french);
        assert_eq!(all.phrase(fact, &facts, Language::En), english);
    }
}

#[test]
fn everything_says_what_was_checked() {
    let all = shipped();
    for obligation in all.all() {
        assert!(obligation.checked_on.is_some() || obligation.to_be_checked.is_some(), "{}", obligation.id);
        assert!(obligation.source.starts_with("https://"), "{}", obligation.id);
        assert!(!obligation.deadlines.is_empty(), "{}", obligation.id);
    }
    assert!(all.of_packs(&["fr"]).decisions().iter().any(|it| it.id == "fr-plan-blanc"));
    assert!(all.of_packs(&["eu"]).decisions().is_empty());
    assert!(all.also_tell().len() >= 7);
    let french = all.of_packs(&["fr"]);
    let early = french.find("nis2-early-warning").expect("it ships");
    assert!(early.recipient.in_language(Language::Fr).contains("ANSSI"));
    assert!(early.to_be_checked.is_some());
    assert!(matches!(early.deadlines[0].limit, Limit::Within(term) if term.number == 24));
}

#[test]
fn mistakes_are_all_found() {
    let good = include_str!("../../../../content/obligations/gdpr-register.yml");
    let swapped = |from: &str, to: &str| good.replacen(from, to, 1);
    let cases = [
        (swapped("id: gdpr-register", "id: gdpr-other"), "its id is `gdpr-other`"),
        (swapped("- controller", "- controler"), "`controler` is no fact that is known"),
        (swapped("deadline: always", "deadline: soon"), "a deadline is"),
        (swapped("deadline: always", "deadline: [{ days: 2, when: high_risk }]"), "no deadline applies"),
        (swapped("deadline: always", "deadline: { days: 2, hours: 3 }"), "a deadline has one length"),
        (swapped("deadline: always", "deadline: { hours: 70000 }"), "a deadline is"),
        (swapped("start: none", "start: { after: nothing }"), "`nothing` is no obligation"),
        (swapped("start: none", "start: { after: gdpr-register }"), "notices wait for each other"),
        (swapped("checked_on: 2026-11-25", ""), "neither `checked_on` nor `to_be_checked`"),
        (swapped("Effets : {consequences}", ""), "`{consequences}` stands in one language only"),
        (swapped("{date}", "{dat}"), "`dat` is no item that is known"),
        (swapped("fr: \"Registre interne des violations\"", "fr: \"\""), "a text is empty in French"),
        (swapped("packs: { fr: , eu: }", "packs: {}"), "it belongs to no pack"),
        (swapped("packs: { fr: , eu: }", "packs: { de: }"), "`de` is no pack that is known"),
        (swapped("must_hold: [", "must_hold: [help_wanted, "), "the draft lacks `{help_wanted}`"),
        (swapped("title:", "titel:"), "unknown field `titel`"),
        ("\u{0}".to_owned(), ""),
        ("a: &a [*a, *a]".to_owned(), ""),
        (" ".repeat(300_000), "too long"),
    ];
    let embedded = content::Content::embedded();
    for (text, expected) in cases {
        let files = embedded.under("obligations/").map(|(path, bytes)| {
            let bytes = if path.ends_with("/gdpr-register.yml") { text.as_bytes() } else { bytes };
            (path, bytes)
        });
        let mistakes: Vec<Mistake> = Obligations::load(files).expect_err(expected);
        assert!(
            mistakes.iter().any(|it| it.message.contains(expected) && it.path.ends_with("gdpr-register.yml")),
            "{expected}: {mistakes:?}"
        );
        assert!(mistakes.iter().all(|it| !it.help.is_empty()));
    }
}
