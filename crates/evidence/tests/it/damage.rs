//! Damaged evidence: read as far as it goes, what was lost named, never a panic.

use evidence::{Limits, Options, Trouble};

use crate::{rest, samples, told};

/// A sound EVTX file of some chunks, out of the samples.
fn log() -> Option<Vec<u8>> {
    let folder = samples::folder()?;
    let mut logs: Vec<_> = ["EVTX_full_APT_attack_steps/ID5145-4624-DonPAPI full extraction.evtx"]
        .iter()
        .map(|name| std::fs::read(folder.join("evtx").join(name)).unwrap())
        .collect();
    logs.pop()
}

fn read(bytes: &[u8]) -> (u64, Vec<Trouble>, String) {
    let (events, report) = evidence::events_of(bytes, "a.evtx", &Options::default());
    assert_eq!(events.len() as u64, report.events);
    let troubles = report.unreadable.iter().flat_map(|it| it.losses.iter().map(|loss| loss.trouble.clone()));
    (report.events, troubles.collect(), rest(&report))
}

#[test]
fn damaged_chunks_cost_no_more_than_themselves() {
    let Some(log) = log() else { return };
    let (whole, troubles, _) = read(&log);
    assert!(whole > 300 && troubles.is_empty());
    let chunk = |number: usize| 4_096 + number * 65_536;

    let mut bytes = log.clone();
    bytes[chunk(1)..chunk(1) + 8].fill(0xaa);
    let (events, troubles, words) = read(&bytes);
    assert_eq!((events, troubles), (whole, vec![Trouble::ChunkHeader]), "{words}");

    let mut bytes = log.clone();
    bytes[chunk(1)..chunk(1) + 512].fill(0xaa);
    let (events, troubles, words) = read(&bytes);
    assert_eq!((events, troubles), (whole, vec![Trouble::ChunkHeader]), "{words}");

    let mut bytes = log.clone();
    bytes[chunk(1)..chunk(2)].fill(0x11);
    let (events, troubles, _) = read(&bytes);
    assert!(events < whole && events > whole / 2 && troubles == [Trouble::ChunkHeader]);

    let mut bytes = log.clone();
    bytes[chunk(1)..chunk(2)].fill(0);
    let (_, troubles, words) = read(&bytes);
    assert_eq!(troubles, [Trouble::BlankChunks], "{words}");

    let mut bytes = log.clone();
    bytes[chunk(1) + 20_000..chunk(1) + 20_400].fill(0x55);
    let (events, troubles, words) = read(&bytes);
    assert!(events >= whole - 5, "{words}");
    assert!(troubles.contains(&Trouble::Checksum), "{words}");

    let (events, troubles, words) = read(&log[..chunk(2) + 30_000]);
    assert!(events < whole && events > 100, "{words}");
    assert!(troubles.contains(&Trouble::CutShort) && troubles.contains(&Trouble::Record), "{words}");

    let (_, troubles, words) = read(&log[..chunk(1)]);
    assert!(troubles.contains(&Trouble::MissingChunks), "{words}");

    let mut bytes = log;
    bytes[..4_096].fill(0);
    let (events, troubles, words) = read(&bytes);
    assert_eq!((events, troubles), (whole, vec![]), "{words}");
}

/// A small generator of repeatable noise.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize
    }
}

#[test]
fn flipped_bits_never_panic_and_never_pass_in_silence() {
    let Some(log) = log() else { return };
    let log = &log[..4_096 + 2 * 65_536];
    let (whole, ..) = read(log);
    let mut noise = Noise(7);
    for round in 0..60 {
        let mut bytes = log.to_vec();
        for _ in 0..=(round % 8) {
            // Within the records of the first chunk, which its checksum covers.
            let at = 4_096 + 512 + noise.next() % 60_000;
            bytes[at] ^= 1 << (noise.next() % 8);
        }
        let (events, troubles, words) = read(&bytes);
        assert!(events <= whole && troubles.len() > 1, "round {round}: {events} of {whole}: {words}");
    }
}

#[test]
fn cut_and_flipped_text_never_panics() {
    let cases = include_bytes!("cases.txt");
    let mut noise = Noise(11);
    for case in String::from_utf8_lossy(cases).split("\n### ").skip(1) {
        let (_, text) = case.split_once('\n').unwrap();
        let text = text.split_once('\n').unwrap().1.split("\n---").next().unwrap();
        for _ in 0..40 {
            let mut bytes = text.as_bytes()[..noise.next() % (text.len() + 1)].to_vec();
            for _ in 0..noise.next() % 4 {
                if !bytes.is_empty() {
                    let at = noise.next() % bytes.len();
                    bytes[at] = u8::try_from(noise.next() % 256).unwrap();
                }
            }
            let (events, report) = evidence::events_of(&bytes, "x.log", &Options::default());
            assert_eq!(events.len() as u64, report.events);
        }
    }
}

#[test]
fn text_that_is_not_utf_8_is_replaced_and_counted() {
    let bytes = b"{\"time\":\"2026-11-21T02:10:00Z\",\"user\":\"Ren\xe9\"}\n\
        {\"time\":\"2026-11-21T02:10:01Z\"}\r\n";
    let expected = "a:1 2026-11-21T02:10:00Z Exact json -/- user=Ren\u{fffd} \
        | time=\"2026-11-21T02:10:00Z\" user=\"Ren\u{fffd}\"\n\
        a:2 2026-11-21T02:10:01Z Exact json -/- | time=\"2026-11-21T02:10:01Z\"\n\
        remark a: 1 bytes that are not UTF-8 replaced";
    assert_eq!(told("a", bytes, &Options::default()), expected);
}

#[test]
fn utf_16_is_read_like_utf_8() {
    let text = "{\"time\":\"2026-11-21T02:10:00Z\",\"user\":\"René\"}\r\n";
    let mut wide = vec![0xff, 0xfe];
    wide.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(told("a", &wide, &Options::default()), told("a", text.as_bytes(), &Options::default()));
}

#[test]
fn long_lines_and_long_records_are_counted_and_passed_over() {
    let limits = Limits { line: 1_000, ..Limits::default() };
    let options = Options { limits, ..Options::default() };
    let record = |text: &str| format!("{{\"time\":\"2026-11-21T02:10:00Z\",\"text\":\"{text}\"}}");
    let (short, long) = (record("a"), record(&"x".repeat(5_000_000)));
    for (text, expected) in [
        (format!("{short}\n{long}\n{short}\n"), "unreadable a: lines over the limit: 1 (first: 2)"),
        (format!("[{short},\n{long},{short}]"), "unreadable a: lines over the limit: 1"),
    ] {
        let (events, report) = evidence::events_of(text.as_bytes(), "a", &options);
        assert_eq!((events.len(), rest(&report).as_str()), (2, expected));
    }
}

#[test]
fn records_of_endless_values_are_refused_and_wide_ones_cost_linear_time() {
    let values = "0,".repeat(400_000);
    let fields: String = (0..200_000).map(|number| format!("\"{number}\":0,")).collect();
    let data = "<Data Name='a'>x</Data>".repeat(60_000);
    let (at, system) = ("2026-11-21T02:10:00Z", "<System><EventID>1</EventID></System>");
    for (text, events) in [
        (format!("{{\"time\":\"{at}\"}}\n{{\"time\":\"{at}\",\"list\":[{values}0]}}\n"), 1),
        (format!("{{\"EventID\":1,\"Channel\":\"A\",\"EventData\":{{{fields}\"b\":0}}}}\n"), 1),
        (format!("{{\"EventID\":1,\"Channel\":\"A\",{fields}\"b\":0}}\n"), 1),
        (format!("<Events><Event>{system}<EventData>{data}</EventData></Event></Events>"), 1),
        (format!("Nov 21 02:10:00 fw-01 CEF:0|{}", "a=".repeat(1_000_000)), 1),
        (format!("Nov 21 02:10:00 fw-01 x: {}", "a= ".repeat(1_000_000)), 1),
        (format!("a,host,time\n{}", ",".repeat(5_000_000)), 0),
    ] {
        let (read, report) = evidence::events_of(text.as_bytes(), "a", &Options::default());
        assert_eq!(read.len(), events, "{} {}", &text[..60], rest(&report));
    }
}
