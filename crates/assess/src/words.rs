//! Words in French and English, from `content/words/*.ftl`.
//!
//! Invariant: every key exists in both languages (a test holds them together), so no face ever shows a key. Words
//! never change once made: a server shares them between threads and speaks for another instant or another zone
//! through a cheap copy ([`Words::at`], [`Words::with_zone`]).

use std::fmt;
use std::sync::Arc;

use content::Content;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use hospital::{Arg, Said};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use unic_langid::LanguageIdentifier;

/// A language that Rempart speaks.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    En,
    /// French.
    Fr,
}

impl Lang {
    /// Its code: `en`, `fr`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Fr => "fr",
        }
    }
}

/// Why words could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    /// The file is not there.
    #[error("content has no {0}; give back the file, or run without --content")]
    Missing(String),
    /// The file is not Fluent.
    #[error("{path} cannot be read as Fluent text: {reason}; correct that line")]
    Unreadable {
        /// Which file.
        path: String,
        /// What is wrong.
        reason: String,
    },
}

/// The words of one language, with its way of writing numbers and dates. Cheap to clone.
#[derive(Clone)]
pub struct Words {
    bundle: Arc<FluentBundle<FluentResource>>,
    lang: Lang,
    zone: TimeZone,
    /// The instant spoken of: its year goes without saying.
    now: Option<Timestamp>,
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Words").field("lang", &self.lang).finish_non_exhaustive()
    }
}

impl Words {
    /// Loads `words/<lang>.ftl` and every file of `words/<lang>/`; times are shown in `zone`.
    ///
    /// # Errors
    /// When the file is missing or is not Fluent.
    pub fn load(content: &Content, lang: Lang, zone: TimeZone) -> Result<Words, WordsError> {
        let path = format!("words/{}.ftl", lang.code());
        let bytes = content.file(&path).ok_or_else(|| WordsError::Missing(path.clone()))?;
        let mut text = String::from_utf8_lossy(bytes).into_owned();
        for (_, more) in content.under(&format!("words/{}/", lang.code())) {
            text.push('\n');
            text.push_str(&String::from_utf8_lossy(more));
        }
        if lang == Lang::Fr {
            text = unbroken(&text);
        }
        let unreadable = |reason: String| WordsError::Unreadable { path: path.clone(), reason };
        let resource = FluentResource::try_new(text).map_err(|(_, errors)| {
            unreadable(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
        })?;
        let id: LanguageIdentifier = lang.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).map_err(|errors| {
            unreadable(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
        })?;
        Ok(Words { bundle: Arc::new(bundle), lang, zone, now: None })
    }

    /// The same words, spoken at `now`: dates of its year are shown without their year, others with it. Words that
    /// speak at no instant show no year.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Words {
        Words { now: Some(now), ..self.clone() }
    }

    /// The same words for a reader in another zone.
    #[must_use]
    pub fn with_zone(&self, zone: TimeZone) -> Words {
        Words { zone, ..self.clone() }
    }

    /// The language.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The zone in which times are shown.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The words of a key.
    #[must_use]
    pub fn say(&self, key: &str) -> String {
        self.say_with(key, &[])
    }

    /// The words of a key with its arguments; whole numbers choose plurals.
    #[must_use]
    pub fn say_with(&self, key: &str, args: &[(&str, Arg)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut values = FluentArgs::new();
        for (name, value) in args {
            values.set(
                (*name).to_owned(),
                match value {
                    Arg::Count(number) => FluentValue::from(*number as f64),
                    Arg::Text(text) => FluentValue::from(text.clone()),
                    Arg::Said(said) => FluentValue::from(self.tell(said)),
                },
            );
        }
        self.bundle.format_pattern(pattern, Some(&values), &mut Vec::new()).into_owned()
    }

    /// A sentence in this language.
    #[must_use]
    pub fn tell(&self, said: &Said) -> String {
        self.say_with(said.key, &said.args)
    }

    /// Whether a key has words.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    /// A number with its thousands apart: `1 234` or `1,234`.
    #[must_use]
    pub fn number(&self, number: u64) -> String {
        let digits = number.to_string();
        let mut out = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                out.push(if self.lang == Lang::Fr { '\u{202f}' } else { ',' });
            }
            out.push(digit);
        }
        out
    }

    /// Care-hours: whole above ten, one decimal below.
    #[must_use]
    pub fn care_hours(&self, hours: f64) -> String {
        if hours >= 10.0 || hours == 0.0 {
            return self.number(hours.round() as u64);
        }
        let text = format!("{hours:.1}");
        if self.lang == Lang::Fr { text.replace('.', ",") } else { text }
    }

    /// The hour in the hospital's zone: `02:14`.
    #[must_use]
    pub fn hour(&self, time: Timestamp) -> String {
        time.to_zoned(self.zone.clone()).strftime("%H:%M").to_string()
    }

    /// Day and hour in the hospital's zone: `Sun 22 Nov 02:14`, `dim. 22 nov. 02:14`.
    #[must_use]
    pub fn day_hour(&self, time: Timestamp) -> String {
        let local = time.to_zoned(self.zone.clone());
        let weekday = self.say(&format!("weekday-{}", local.weekday().to_monday_one_offset()));
        let month = self.say(&format!("month-{}", local.month()));
        let year = match &self.now {
            Some(now) if now.to_zoned(self.zone.clone()).year() != local.year() => {
                format!(" {}", local.year())
            }
            _ => String::new(),
        };
        format!("{weekday} {} {month}{year} {:02}:{:02}", local.day(), local.hour(), local.minute())
    }

    /// Day, year and hour: for a document that is kept.
    #[must_use]
    pub fn full(&self, time: Timestamp) -> String {
        let local = time.to_zoned(self.zone.clone());
        let month = self.say(&format!("month-{}", local.month()));
        format!("{} {month} {} {:02}:{:02}", local.day(), local.year(), local.hour(), local.minute())
    }

    /// A span of seconds as people say it: `25 min`, `2 h 28`, `3 d 4 h`.
    #[must_use]
    pub fn span(&self, seconds: u64) -> String {
        let day = if self.lang == Lang::Fr { "j" } else { "d" };
        let minutes = seconds / 60;
        match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
            (0, 0, 0) => format!("{seconds} s"),
            (0, 0, minutes) => format!("{minutes} min"),
            (0, hours, 0) => format!("{hours} h"),
            (0, hours, minutes) => format!("{hours} h {minutes:02}"),
            (days, 0, _) => format!("{days} {day}"),
            (days, hours, _) => format!("{days} {day} {hours} h"),
        }
    }

    /// `a, b and c`.
    #[must_use]
    pub fn list(&self, items: &[String]) -> String {
        match items {
            [] => String::new(),
            [one] => one.clone(),
            [start @ .., last] => format!("{} {} {last}", start.join(", "), self.say("and")),
        }
    }
}

/// French sets a space before these signs, at which no line may end.
fn unbroken(text: &str) -> String {
    let text = [";", ":", "?", "!", "»"]
        .iter()
        .fold(text.to_owned(), |text, sign| text.replace(&format!(" {sign}"), &format!("\u{a0}{sign}")));
    text.replace("« ", "«\u{a0}")
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// What fills each sentence, by key: the names after `$`.
    fn fillings(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
        let content = Content::embedded();
        let folder = format!("words/{}", lang.code());
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut key = String::new();
        for (_, bytes) in content.under(&folder) {
            for line in String::from_utf8_lossy(bytes).lines() {
                if let Some((new, _)) = line.split_once(" =").filter(|_| !line.starts_with([' ', '#'])) {
                    new.clone_into(&mut key);
                }
                let names = line.split('$').skip(1);
                let name =
                    |rest: &str| rest.chars().take_while(|it| it.is_alphanumeric() || *it == '-').collect();
                all.entry(key.clone()).or_default().extend(names.map(name));
            }
        }
        all
    }

    #[test]
    fn a_sentence_is_filled_by_the_same_in_both_languages() {
        let (english, french) = (fillings(Lang::En), fillings(Lang::Fr));
        assert!(english.keys().filter(|key| key.starts_with("refusal-")).count() > 200);
        for (key, names) in english.iter().filter(|(key, _)| key.starts_with("refusal-")) {
            assert_eq!(Some(names), french.get(key), "{key}");
        }
    }
}
