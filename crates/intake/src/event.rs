//! One event as it arrived: who sent it, what it is called, its bytes.
//!
//! Invariant: the bytes are those that were received; nobody here changes them.

use std::sync::Arc;

/// Longest name of a source, and longest word on how it was authenticated, in bytes; more is cut off.
pub const NAME: usize = 200;

/// Who sends, and how it was known to be them. The two together are one source: what came in under a name without
/// proof is never counted with what came in under the same name with proof.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Source {
    /// Its name: a token's, a certificate's, an address, a folder.
    pub name: String,
    /// `token`, `certificate`, `folder`, or `none` where anyone could have sent it.
    pub authenticated_by: String,
}

impl Source {
    /// A source; overlong words are cut off.
    #[must_use]
    pub fn new(name: &str, authenticated_by: &str) -> Source {
        Source { name: cut(name), authenticated_by: cut(authenticated_by) }
    }

    /// Whether anybody who reaches the listener could have sent this.
    #[must_use]
    pub fn is_unproven(&self) -> bool {
        self.authenticated_by == "none"
    }
}

fn cut(text: &str) -> String {
    let text = &text[..text.floor_char_boundary(NAME)];
    text.replace('\0', " ")
}

/// By what an event is known again.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Id {
    /// The same event has the same number whenever it is sent.
    Known(u128),
    /// Each arrival is an event of its own, as for a line of plain syslog.
    Distinct,
}

/// Something that arrived.
#[derive(Clone, Debug)]
pub struct Event {
    /// Who sent it.
    pub source: Arc<Source>,
    /// By what it is known again.
    pub id: Id,
    /// What was sent.
    pub bytes: Vec<u8>,
}
