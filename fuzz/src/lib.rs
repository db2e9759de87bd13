//! Damage for readers: small sound samples, harmed a little more each round, until the time is up.
//!
//! Invariant: a round's input follows from the target's name and the round alone, so a failure on one
//! machine is one on every machine. `REMPART_FUZZ_SECONDS` says how long each target runs (2 unless set).

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

/// Longest input made.
const BYTES_MAX: usize = 256 * 1024;
/// A reader that takes longer than this on one small input hangs.
const ROUND_MAX: Duration = Duration::from_secs(20);

/// What stands between a reader and a wrong belief about its input.
const HOSTILE: &[&[u8]] = &[
    b"0",
    b"-1",
    b"9223372036854775808",
    b"18446744073709551615",
    b"99999999999999999999999999",
    b"1e999",
    b"NaN",
    b"1601-01-01T00:00:00Z",
    b"2107-12-31T23:59:60+26:00",
    b"9999999d",
    b"%s%n",
    b"\0",
    b"\r\n",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\"",
    b"\\u0000",
    b"\\ud800",
    b"&lt;&#x110000;",
    b"<![CDATA[",
    b"<!DOCTYPE x [<!ENTITY a \"aa\">]>",
    b"&a &a *a",
    b"<<: *a",
    b"{{{{[[[[",
    b";;;,,,\t\t",
    b"\x1b]0;x\x07",
    "\u{202e}é🏥".as_bytes(),
    b"(a+)+$",
    b"../../../../etc/passwd",
];

/// Feeds `read` harmed samples until the time is up, and says how many rounds that took.
///
/// # Panics
/// Where `read` does, after naming the round and keeping its input in the temporary folder; and where
/// one round takes longer than twenty seconds.
pub fn run(target: &str, samples: &[Vec<u8>], read: impl Fn(&[u8])) -> u64 {
    let seconds = std::env::var("REMPART_FUZZ_SECONDS").ok().and_then(|it| it.parse().ok()).unwrap_or(2.0);
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    let mut round = 0;
    while round < samples.len() as u64 || Instant::now() < end {
        let input = input(target, samples, round);
        let start = Instant::now();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| read(&input))) {
            let kept = std::env::temp_dir().join(format!("rempart-fuzz-{target}-{round}"));
            let written = std::fs::write(&kept, &input);
            eprintln!(
                "{target}: round {round} of {} bytes; input {}: {written:?}",
                input.len(),
                kept.display()
            );
            resume_unwind(panic);
        }
        assert!(start.elapsed() < ROUND_MAX, "{target}: round {round} took {:?}", start.elapsed());
        round += 1;
    }
    println!("{target}: {round} rounds");
    round
}

/// The samples as they are first, then harmed.
fn input(target: &str, samples: &[Vec<u8>], round: u64) -> Vec<u8> {
    let mut dice = Dice::of(target, round);
    if let Some(sample) = samples.get(round as usize) {
        return sample.clone();
    }
    let mut bytes = samples[dice.below(samples.len())].clone();
    for _ in 0..=dice.below(4) {
        harm(&mut bytes, samples, &mut dice);
    }
    bytes.truncate(BYTES_MAX);
    bytes
}

fn harm(bytes: &mut Vec<u8>, samples: &[Vec<u8>], dice: &mut Dice) {
    let place = dice.below(bytes.len() + 1);
    let span = place..(place + dice.below(64)).min(bytes.len());
    match dice.below(10) {
        0 => flip(bytes, 1, dice),
        1 => flip(bytes, 16, dice),
        2 => bytes.truncate(place),
        3 => drop(bytes.drain(span)),
        4 => {
            let other = &samples[dice.below(samples.len())];
            let from = dice.below(other.len() + 1);
            bytes.splice(place.., other[from..].iter().copied());
        }
        5 => {
            let word = HOSTILE[dice.below(HOSTILE.len())];
            bytes.splice(span, word.iter().copied());
        }
        6 => number(bytes, dice),
        7 => binary(bytes, dice),
        8 => {
            let again: Vec<u8> = bytes[span].iter().copied().cycle().take(dice.below(4_000)).collect();
            bytes.splice(place..place, again);
        }
        _ => {
            let open = [&b"["[..], b"{\"a\":", b"<a>", b"- ", b"(", b"{", b"\"", b"&a ["][dice.below(8)];
            let deep = open.repeat(dice.below(20_000));
            bytes.splice(place..place, deep);
        }
    }
}

fn flip(bytes: &mut [u8], times: usize, dice: &mut Dice) {
    for _ in 0..times {
        if !bytes.is_empty() {
            let place = dice.below(bytes.len());
            bytes[place] ^= 1 << dice.below(8);
        }
    }
}

/// Puts a hostile word in the place of a number written in digits.
fn number(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let from = dice.below(bytes.len() + 1);
    let Some(start) = bytes[from..].iter().position(u8::is_ascii_digit).map(|it| it + from) else { return };
    let end = bytes[start..].iter().position(|it| !it.is_ascii_digit()).map_or(bytes.len(), |it| it + start);
    bytes.splice(start..end, HOSTILE[dice.below(9)].iter().copied());
}

/// Puts an extreme number of 2, 4 or 8 bytes over what stands there.
fn binary(bytes: &mut [u8], dice: &mut Dice) {
    let width = [2, 4, 8][dice.below(3)];
    let values = [0, 1, 0x7fff_ffff, u64::MAX, u64::MAX - 1, 0x8000_0000_0000_0000, 0x1_0000, 0xffff];
    if bytes.len() >= width {
        let place = dice.below(bytes.len() - width + 1);
        bytes[place..place + width].copy_from_slice(&values[dice.below(8)].to_le_bytes()[..width]);
    }
}

/// Numbers that look like chance (xorshift).
struct Dice(u64);

impl Dice {
    fn of(target: &str, round: u64) -> Dice {
        let name = target
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |it, byte| (it ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Dice((name ^ round.wrapping_mul(0x9e37_79b9_7f4a_7c15)) | 1)
    }

    /// A number from 0, below `end` (which is above 0).
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16) as usize % end
    }
}
