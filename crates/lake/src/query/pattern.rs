//! A value with `*` for any text, in either case.

/// The texts between the stars, in lower case.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pattern(Vec<String>);

impl Pattern {
    pub(crate) fn new(text: &str) -> Pattern {
        Pattern(text.to_lowercase().split('*').map(str::to_owned).collect())
    }

    /// The same text anywhere in a value.
    pub(crate) fn anywhere(text: &str) -> Pattern {
        Pattern::new(&format!("*{text}*"))
    }

    /// The one value that it stands for, in lower case, where it has no star.
    pub(crate) fn literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [whole] => Some(whole),
            _ => None,
        }
    }

    /// Whether it stands for the whole of `value`.
    pub(crate) fn is(&self, value: &str) -> bool {
        let value = value.to_lowercase();
        let [first, between @ .., last] = self.0.as_slice() else { return Some(&value) == self.0.first() };
        let Some(mut rest) = value.strip_prefix(first.as_str()).and_then(|it| it.strip_suffix(last.as_str()))
        else {
            return false;
        };
        for part in between {
            let Some(at) = rest.find(part.as_str()) else { return false };
            rest = &rest[at + part.len()..];
        }
        true
    }
}
