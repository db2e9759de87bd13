//! A sentence before it is in anyone's language: the key of its words (`content/words/*.ftl`) and what fills them.
//!
//! Invariant: it holds no words of its own, so that whoever shows it shows it in the reader's language.

/// A sentence: the key of its words and what fills them.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Said {
    /// Key of its words.
    pub key: &'static str,
    /// What fills them, by name.
    pub args: Vec<(&'static str, Arg)>,
}

impl Said {
    /// The sentence of a key; what fills it follows by [`Said::with`].
    #[must_use]
    pub fn new(key: &'static str) -> Said {
        Said { key, args: Vec::new() }
    }

    /// The same sentence, with one more filling.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Said {
        // Sentences are kept by the ten thousand: none takes more room than it fills.
        self.args.reserve_exact(1);
        self.args.push((name, value.into()));
        self
    }
}

/// What fills a sentence.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Arg {
    /// A whole number, which may choose a plural.
    Count(u64),
    /// Text that is the same in every language.
    Text(String),
    /// Words of their own.
    Said(Said),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Arg {
        Arg::Text(text.to_owned())
    }
}
impl From<String> for Arg {
    fn from(text: String) -> Arg {
        Arg::Text(text)
    }
}
impl From<usize> for Arg {
    fn from(number: usize) -> Arg {
        Arg::Count(number as u64)
    }
}
impl From<u64> for Arg {
    fn from(number: u64) -> Arg {
        Arg::Count(number)
    }
}
impl From<Said> for Arg {
    fn from(said: Said) -> Arg {
        Arg::Said(said)
    }
}
