//! The same results whatever the threads; interruption; what the caller's own code does wrong.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use evidence::{Event, Input, Options, Progress};

use crate::samples;

fn stream(name: &str, text: Vec<u8>) -> Input {
    Input::Stream { name: name.to_owned(), read: Box::new(std::io::Cursor::new(text)) }
}

fn many_lines(count: usize) -> Vec<u8> {
    let line = |number| format!("{{\"time\":\"2026-11-21T02:10:00Z\",\"number\":{number}}}\n");
    (0..count).map(line).collect::<String>().into_bytes()
}

#[test]
fn results_are_in_order_on_any_number_of_threads() {
    for threads in [1, 2, 5] {
        let mut seen = Vec::new();
        let options = Options { threads, ..Options::default() };
        let inputs = vec![stream("a", many_lines(100_000)), stream("b", many_lines(10))];
        let number = |event: &Event| event.fields.text("number").unwrap().parse::<u64>().unwrap();
        let report = evidence::read(
            inputs,
            &options,
            |event, kept| kept.push((event.origin.path.to_string(), event.origin.record, number(event))),
            |it| seen.push(it),
        );
        assert_eq!((report.events, report.files, report.partial), (100_010, 2, false));
        let expected = |path: &str, n: u64| (path.to_owned(), n + 1, n);
        assert!(seen.iter().take(100_000).zip(0..).all(|(it, n)| *it == expected("a", n)));
        assert!(seen.iter().skip(100_000).zip(0..).all(|(it, n)| *it == expected("b", n)));
    }
}

#[test]
fn real_logs_give_the_same_on_one_and_on_four_threads() {
    let Some(folder) = samples::folder() else { return };
    let (one, four) = (samples::read(folder.join("evtx"), 1), samples::read(folder.join("evtx"), 4));
    assert_eq!(one.1, four.1);
    let lines = |events: Vec<Event>| events.iter().map(crate::line).collect::<Vec<_>>();
    assert!(lines(one.0) == lines(four.0));
}

#[test]
fn an_interruption_keeps_what_was_read_and_says_that_there_is_more() {
    let (flag, told) = (AtomicBool::new(false), AtomicU64::new(0));
    let progress = |it: Progress| {
        told.store(it.events, Ordering::Relaxed);
        flag.store(true, Ordering::Relaxed);
    };
    let mut options = Options { threads: 1, ..Options::default() };
    options.interrupted = Some(&flag);
    options.progress = Some(&progress);
    let mut seen = 0_u64;
    let inputs = vec![stream("a", many_lines(1_000_000))];
    let report = evidence::read(inputs, &options, |_, kept| kept.push(()), |()| seen += 1);
    assert!(report.partial);
    assert_eq!(report.events, seen);
    assert_eq!(told.load(Ordering::Relaxed), seen);
    assert!(seen > 0 && seen < 1_000_000);
}

#[test]
fn a_panic_of_the_judge_reaches_the_caller() {
    let read = || {
        let inputs = vec![stream("a", many_lines(200_000))];
        let judge = |event: &Event, _: &mut Vec<()>| assert!(event.origin.record != 77_000, "as planned");
        evidence::read(inputs, &Options { threads: 3, ..Options::default() }, judge, |()| {})
    };
    let panic = std::panic::catch_unwind(read).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"as planned"));
}
