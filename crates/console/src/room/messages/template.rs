//! Texts to begin from, from `content/messages/`.
//!
//! Invariant: a blank is marked so that a program finds it: nothing goes out with one left.

use content::Content;
use store::entity::Audience;

/// A text to begin from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Template {
    /// Its file's name: `staff-1`; an audience's word for an empty one.
    pub(super) name: String,
    pub(super) audience: Audience,
    pub(super) title: String,
    pub(super) text: String,
}

/// Every template of a language.
pub(super) fn templates(content: &Content, lang: &str) -> Vec<Template> {
    let folder = format!("messages/{lang}/");
    content.under(&folder).filter_map(|(path, bytes)| read(path.strip_prefix(&folder)?, bytes)).collect()
}

/// The template of that name; the name of an audience gives an empty one.
pub(super) fn template(content: &Content, lang: &str, name: &str) -> Option<Template> {
    if let Some(audience) = Audience::of(name) {
        return Some(Template { name: name.to_owned(), audience, title: String::new(), text: String::new() });
    }
    templates(content, lang).into_iter().find(|it| it.name == name)
}

fn read(file: &str, bytes: &[u8]) -> Option<Template> {
    let name = file.strip_suffix(".txt")?;
    let audience = Audience::of(name.split_once('-').map_or(name, |(audience, _)| audience))?;
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let (title, text) = text.split_once('\n')?;
    Some(Template {
        name: name.to_owned(),
        audience,
        title: title.trim().to_owned(),
        text: text.trim().to_owned(),
    })
}

/// How many blanks a text still holds: `[ward…]`.
pub(super) fn blanks(text: &str) -> usize {
    text.split('[')
        .skip(1)
        .filter(|rest| rest.split_once(']').is_some_and(|(inside, _)| inside.trim_end().ends_with('…')))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_stands_in_both_languages_with_its_blanks() {
        let content = Content::embedded();
        let (en, fr) = (templates(&content, "en"), templates(&content, "fr"));
        let names = |all: &[Template]| all.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&en), names(&fr));
        for audience in Audience::ALL {
            assert!(
                en.iter().any(|it| it.audience == *audience),
                "{} has no text to begin from",
                audience.word()
            );
        }
        for (english, french) in en.iter().zip(&fr) {
            let count = |it: &Template| blanks(&it.title) + blanks(&it.text);
            assert!(count(english) > 0, "{} leaves nothing to fill in", english.name);
            assert_eq!(count(english), count(french), "{}", english.name);
            assert!(!english.title.is_empty() && !french.title.is_empty());
        }
    }

    #[test]
    fn a_blank_is_told_from_brackets() {
        assert_eq!(blanks("call [number…] or [role… ]"), 2);
        assert_eq!(blanks("see [1] and [note]"), 0);
        assert_eq!(blanks("[open…"), 0);
    }
}
