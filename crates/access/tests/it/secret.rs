//! Secrets of machines, codes of wards, the token of forms.

use access::{Key, csrf, secret};
use proptest::prelude::*;

#[test]
fn a_secret_is_known_by_its_hash() {
    let token = secret::token();
    assert!(token.text.starts_with("rmp_"));
    assert_eq!(token.text.len(), 4 + 43);
    assert_eq!(secret::token_hash(&token.text).as_ref(), Some(&token.hash));
    assert_ne!(token, secret::token());
    assert!(!format!("{token:?}").contains(&token.text));

    for fresh in [secret::session(), secret::link()] {
        assert_eq!(fresh.text.len(), 43);
        assert_eq!(secret::hash(&fresh.text).as_ref(), Some(&fresh.hash));
        assert_eq!(secret::token_hash(&fresh.text), None);
    }
    assert_eq!(secret::hash(&token.text), None);
    let zeros = "A".repeat(43);
    assert_eq!(
        secret::hash(&zeros).unwrap(),
        "0f007385b6f9d4b7eeb2748605afe1a984a0a3bfa3f014d09e2a784ce9e5cd1a"
    );
    for sent in ["", "rmp_", "rmp_A", &format!("rmp_{}", "é".repeat(43)), &format!("RMP_{zeros}")] {
        assert_eq!(secret::token_hash(sent), None, "{sent}");
    }
}

#[test]
fn a_wards_code_is_typed_by_hand() {
    let key = Key::from_bytes([7; 32]);
    let code = secret::ward_code(&key);
    assert_eq!(code.text.len(), 9);
    assert_eq!(code.text.find('-'), Some(4));
    for typed in [code.text.clone(), code.text.to_lowercase(), code.text.replace('-', " ")] {
        assert_eq!(secret::ward_hash(&key, &typed).as_ref(), Some(&code.hash));
    }
    assert_ne!(secret::ward_hash(&Key::from_bytes([8; 32]), &code.text).as_ref(), Some(&code.hash));
    assert_eq!(secret::ward_hash(&key, "7K2M-Q0X"), None);
    assert_eq!(secret::ward_hash(&key, "7K2M-Q0XU"), None);
    assert_eq!(secret::ward_hash(&key, "OIL0-oil0"), secret::ward_hash(&key, "0110-0110"));
}

#[test]
fn a_forms_token_is_its_sessions() {
    let key = Key::from_bytes([7; 32]);
    let token = csrf::token(&key, "session-1");
    assert!(csrf::check(&key, "session-1", &token));
    assert!(!csrf::check(&key, "session-2", &token));
    assert!(!csrf::check(&Key::from_bytes([8; 32]), "session-1", &token));
    assert!(!csrf::check(&key, "session-1", ""));
    assert!(!csrf::check(&key, "session-1", &token[..token.len() - 1]));
}

proptest! {
    #[test]
    fn sameness_is_equality(one: Vec<u8>, other: Vec<u8>) {
        prop_assert_eq!(secret::same(&one, &other), one == other);
        prop_assert!(secret::same(&one, &one.clone()));
    }

    #[test]
    fn one_bit_is_a_difference(
        one in prop::collection::vec(any::<u8>(), 1..80),
        place: usize,
        bit in 0..8_u32,
    ) {
        let mut other = one.clone();
        let place = place % one.len();
        other[place] ^= 1_u8 << bit;
        prop_assert!(!secret::same(&one, &other));
    }

    #[test]
    fn any_text_is_answered(typed: String) {
        let key = Key::from_bytes([7; 32]);
        let _ = secret::ward_hash(&key, &typed);
        let _ = secret::hash(&typed);
        prop_assert!(key.open("p", &typed).is_err());
        prop_assert_eq!(access::code::find_printed::<&str>(&typed, &[]), None);
    }
}
