//! Codes: the standard's vectors, each code taken once, and printed codes as people type them.

use access::code::{Seed, find_printed, printed};
use jiff::Timestamp;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// RFC 6238, appendix B, for SHA-1: the last six of its eight digits.
const VECTORS: &[(i64, &str)] = &[
    (59, "287082"),
    (1_111_111_109, "081804"),
    (1_111_111_111, "050471"),
    (1_234_567_890, "005924"),
    (2_000_000_000, "279037"),
    (20_000_000_000, "353130"),
];

#[test]
fn the_standards_vectors_hold() {
    let seed = Seed::from_bytes(b"12345678901234567890").unwrap();
    for (second, code) in VECTORS {
        let step = *second as u64 / 30;
        assert_eq!(seed.check(code, at(*second), None), Some(step), "{second}");
    }
}

#[test]
fn a_code_is_taken_once_and_only_near_its_time() {
    let seed = Seed::from_bytes(b"12345678901234567890").unwrap();
    // "005924" is the code of the seconds 1234567890 to 1234567919, step 41152263.
    let step = 41_152_263;
    let cases = [
        (1_234_567_890, None, Some(step)),
        (1_234_567_860, None, Some(step)),
        (1_234_567_859, None, None),
        (1_234_567_949, None, Some(step)),
        (1_234_567_950, None, None),
        (1_234_567_890, Some(step - 1), Some(step)),
        (1_234_567_890, Some(step), None),
        (1_234_567_890, Some(step + 1), None),
    ];
    for (second, last, expected) in cases {
        assert_eq!(seed.check("005924", at(second), last), expected, "{second} {last:?}");
    }
    assert_eq!(seed.check(" 005 924 ", at(1_234_567_890), None), Some(step));
    for typed in ["", "5924", "0059244", "00592a", "００５９２４", "+05924", "005924\0"] {
        assert_eq!(seed.check(typed, at(1_234_567_890), None), None, "{typed}");
    }
    assert_eq!(seed.check("005924", at(-1_234_567_890), None), None);
}

#[test]
fn a_seed_is_shown_as_an_address() {
    let seed = Seed::from_bytes(b"12345678901234567890").unwrap();
    assert_eq!(
        seed.uri("Rempart", "nurse 17:night"),
        "otpauth://totp/Rempart:nurse%2017%3Anight?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
         &issuer=Rempart&algorithm=SHA1&digits=6&period=30"
    );
    assert_ne!(Seed::new(), Seed::new());
    assert_eq!(Seed::from_bytes(b"short"), None);
    assert!(!format!("{seed:?}").contains("49"));
}

#[test]
fn printed_codes_are_found_as_they_are_typed() {
    let codes = printed();
    assert_eq!(codes.len(), 10);
    let hashes: Vec<&str> = codes.iter().map(|code| code.hash.as_str()).collect();
    for (place, code) in codes.iter().enumerate() {
        assert_eq!(code.text.len(), 19);
        let small = code.text.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        for typed in [code.text.as_str(), &small, &code.text.replace('-', "")] {
            assert_eq!(find_printed(typed, &hashes), Some(place), "{typed}");
        }
        assert_eq!(find_printed(&code.text[1..], &hashes), None);
        assert_eq!(find_printed(&format!("{}0", code.text), &hashes), None);
    }
    for typed in ["", "U", "0000-0000-0000-0000", "ÀÀÀÀ-ÀÀÀÀ-ÀÀÀÀ-ÀÀÀÀ"] {
        assert_eq!(find_printed(typed, &hashes), None, "{typed}");
    }
}
