//! The rules that the product carries: all load, each says what it means to care, and its examples hold.

use detect::{Engine, Fault, Rules, test_examples};

use crate::{engine, settings};

#[test]
fn our_rules_load_and_their_examples_hold() {
    let content = content::Content::embedded();
    let rules = Rules::load(content.under("rules/"));
    assert_eq!(rules.refused(), []);
    let engine = Engine::new(rules, settings());
    let bare: Vec<&str> = engine
        .shown()
        .filter(|it| it.title_in(true) == &*it.title || it.examples.is_none())
        .map(|it| &*it.path)
        .collect();
    assert_eq!(bare, Vec::<&str>::new(), "without a note, a French title or examples");
    let tested = test_examples(&engine);
    println!("{} rules, {} examples", tested.rules, tested.examples);
    assert_eq!(tested.failures, []);
}

#[test]
fn examples_are_run_as_they_are_written() {
    let rule = |examples: &str| {
        format!(
            "title: t\nid: t\nlogsource: {{category: webserver}}\ndetection: {{s: {{sc-status: 404}}, condition: s}}\nexamples:\n{examples}"
        )
    };
    let line = "192.0.2.1 - - [{clf}] \"GET /{n} HTTP/1.1\" 404 5";
    let cases = [
        (format!("  match: ['{line}']\n  no_match: ['{}']\n", line.replace("404", "200")), vec![]),
        (format!("  match: ['{}']\n", line.replace("404", "200")), vec![(1, Fault::Missed)]),
        (format!("  no_match: ['{line}']\n"), vec![(1, Fault::Fired)]),
        ("  match: [7, ['']]\n".to_owned(), vec![(1, Fault::Unreadable), (2, Fault::Unreadable)]),
    ];
    for (examples, expected) in cases {
        let tested = test_examples(&engine(&[&rule(&examples)]));
        let failures: Vec<_> = tested.failures.iter().map(|it| (it.example, it.fault)).collect();
        assert_eq!(failures, expected, "{examples}");
    }
    let count = format!(
        "{}---\ntitle: c\nid: c\ncorrelation: {{type: value_count, rules: [t], group-by: [c-ip], timespan: 1m, condition: {{field: cs-uri, gte: 5}}}}\nexamples:\n  match: [{{repeat: 6, every: 10, event: '{line}'}}]\n  no_match: [{{repeat: 4, every: 10, event: '{line}'}}, {{repeat: 6, every: 20, event: '{line}'}}]\n",
        rule(&format!("  match: ['{line}']\n"))
    );
    assert_eq!(test_examples(&engine(&[&count])).failures, []);
}
