//! Completions and man pages: whole, and what shells and readers take.

use std::fs;
use std::process::Command;

use crate::{folder, run, text};

#[test]
fn every_shell_gets_completions_that_know_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = run(["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        let script = String::from_utf8(output.stdout).unwrap();
        for word in ["triage", "serve", "reset-link", "tls-self-signed", "config"] {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
    }
    let script = folder("completions").join("rempart.bash");
    fs::write(&script, run(["completions", "bash"]).stdout).unwrap();
    assert!(Command::new("bash").arg("-n").arg(&script).status().unwrap().success());
    assert_eq!(run(["completions", "tea"]).status.code(), Some(2));
}

#[test]
fn each_command_has_a_man_page() {
    let place = folder("man").join("man1");
    let output = run(["man", text(&place)]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    for (page, words) in [
        ("rempart.1", &["rempart\\-serve(1)", "Exit codes"][..]),
        ("rempart-serve.1", &["\\-\\-listen", "REMPART_LISTEN", "\\-\\-config", "127.0.0.1:8787"]),
        ("rempart-user-add.1", &["\\-\\-password\\-file"]),
        ("rempart-config-check.1", &["Say every mistake"]),
    ] {
        let roff = fs::read_to_string(place.join(page)).unwrap();
        assert!(roff.contains(".TH"), "{page}");
        for word in words {
            assert!(roff.contains(word), "{page} lacks {word}");
        }
    }
    fs::write(place.join("file"), "").unwrap();
    assert_eq!(run(["man", text(&place.join("file"))]).status.code(), Some(4));
}
