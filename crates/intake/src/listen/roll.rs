//! Senders by a list, where there is no store of tokens: a sender a line, its name, its token or the token's SHA-256,
//! and the hosts that it speaks for.
//!
//! ```text
//! # name         token or sha256:hash            hosts; any where none is named
//! winlogbeat-dc  sha256:9f86d081884c7d65…        dc-*.chu.example
//! ```
//!
//! Invariant: a token is kept as its hash alone; a list with a mistake lets nobody in.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;

use sha2::{Digest, Sha256};

use super::{Authenticator, Sender};

/// Letters that a token has at least: what is shorter can be guessed.
const SHORTEST: usize = 20;
const HASHED: &str = "sha256:";

/// The senders of a list.
#[derive(Default)]
pub struct Roll(HashMap<[u8; 32], Sender>);

impl Roll {
    /// Reads a list; the line and what is wrong with it where it cannot be.
    pub fn parse(text: &str) -> Result<Roll, String> {
        let mut roll = HashMap::new();
        for (line, number) in text.lines().zip(1..) {
            let mut words = line.split_whitespace();
            let Some(name) = words.next().filter(|word| !word.starts_with('#')) else { continue };
            let wrong = |what: &str| format!("line {number}: {what}");
            let secret = words.next().ok_or_else(|| wrong("a token is missing behind the name"))?;
            let hash = match secret.strip_prefix(HASHED) {
                Some(hex) => unhex(hex).ok_or_else(|| wrong("a SHA-256 has 64 hexadecimal digits"))?,
                None if secret.len() < SHORTEST => {
                    return Err(wrong("a token has at least 20 letters; a shorter one can be guessed"));
                }
                None => Sha256::digest(secret).into(),
            };
            let sender = Sender { name: name.to_owned(), hosts: words.map(str::to_owned).collect() };
            if roll.insert(hash, sender).is_some() {
                return Err(wrong("this token stands above already"));
            }
        }
        Ok(Roll(roll))
    }

    /// Whether nobody is let in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
    }
    Some(bytes)
}

impl Authenticator for Roll {
    fn sender<'a>(&'a self, token: &'a str) -> Pin<Box<dyn Future<Output = Option<Sender>> + Send + 'a>> {
        let hash: [u8; 32] = Sha256::digest(token).into();
        Box::pin(std::future::ready(self.0.get(&hash).cloned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_lets_its_senders_in_and_nobody_else() {
        let hash: String =
            Sha256::digest("a-token-of-some-length").iter().map(|it| format!("{it:02x}")).collect();
        let text = format!("# ours\n\nwinlogbeat sha256:{hash} dc-* pacs-1\nother another-token-in-plain\n");
        let roll = Roll::parse(&text).expect("a list");
        let ask = |token: &str| {
            let hash: [u8; 32] = Sha256::digest(token).into();
            roll.0.get(&hash).map(|it| (it.name.clone(), it.hosts.len()))
        };
        assert_eq!(ask("a-token-of-some-length"), Some(("winlogbeat".to_owned(), 2)));
        assert_eq!(ask("another-token-in-plain"), Some(("other".to_owned(), 0)));
        assert_eq!(ask(&hash), None, "a hash is no token");
        assert!(Roll::parse("# nobody\n").expect("a list").is_empty());
        for (wrong, line) in [
            ("a\n", "line 1"),
            ("a short\n", "line 1"),
            ("a sha256:00\n", "line 1"),
            ("a the-very-same-token-twice\nb the-very-same-token-twice\n", "line 2"),
            (&format!("a sha256:{}é\n", "0".repeat(62)), "line 1"),
        ] {
            assert!(Roll::parse(wrong).err().is_some_and(|it| it.starts_with(line)), "{wrong}");
        }
    }
}
