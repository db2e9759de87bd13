//! Passwords: what is refused, what is kept, and that an unknown account costs the same.

use std::time::Instant;

use access::password::{MOST, Refused, check, dummy_verify, hash, verify};

#[test]
fn new_passwords_are_judged() {
    let long = "ab cd ".repeat(MOST);
    let cases: &[(&str, &str, Result<(), Refused>)] = &[
        ("harbour tin 41", "nurse-17", Ok(())),
        ("péniche à voile", "nurse-17", Ok(())),
        ("elevenchars", "nurse-17", Err(Refused::TooShort)),
        ("éééééé", "nurse-17", Err(Refused::TooShort)),
        (&long, "nurse-17", Err(Refused::TooLong)),
        ("Nurse-17-night", "nurse-17", Err(Refused::LikeName)),
        ("nurse-17NURSE-17", "nurse-17", Err(Refused::LikeName)),
        ("night-coordinator", "Night-Coordinator", Err(Refused::LikeName)),
        ("nurse-17 reads in the train", "nurse-17", Ok(())),
        ("banana alabama", "a", Ok(())),
        ("MotDePasse2026!", "nurse-17", Err(Refused::Common)),
        ("!!password1234", "nurse-17", Err(Refused::Common)),
        ("Hospital20266", "nurse-17", Err(Refused::Common)),
        ("azertyuiopqsdfghjklm", "nurse-17", Err(Refused::Common)),
        ("123456789012", "nurse-17", Err(Refused::Common)),
        ("210987654321", "nurse-17", Err(Refused::Common)),
        ("abababababab", "nurse-17", Err(Refused::Common)),
        ("482913317405", "nurse-17", Ok(())),
    ];
    for (new, account, expected) in cases {
        assert_eq!(check(new, account), *expected, "{new}");
    }
}

#[test]
fn a_kept_hash_knows_its_password_and_no_other() {
    let kept = hash("harbour tin 41");
    assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
    assert!(verify("harbour tin 41", &kept));
    assert!(!verify("harbour tin 42", &kept));
    assert!(!verify("", &kept));
    assert_ne!(kept, hash("harbour tin 41"), "each hash has its own salt");
    for broken in ["", "$", "harbour tin 41", "$argon2id$v=19$m=19456,t=2,p=1$", &kept[..kept.len() - 9]] {
        assert!(!verify("harbour tin 41", broken), "{broken}");
    }
}

#[test]
fn an_unknown_account_costs_what_a_known_one_does() {
    let kept = hash("harbour tin 41");
    let fastest = |work: &dyn Fn()| {
        (0..5)
            .map(|_| {
                let start = Instant::now();
                work();
                start.elapsed()
            })
            .min()
            .unwrap()
    };
    let known = fastest(&|| assert!(!verify("harbour tin 42", &kept)));
    let unknown = fastest(&|| dummy_verify("harbour tin 42"));
    let (less, more) = (known.min(unknown), known.max(unknown));
    assert!(more < less * 2, "known {known:?}, unknown {unknown:?}");
}
