//! The terminal: one calm screen first, details after.

use assess::{Assessment, Care, State, Status, Words};
use hospital::Map;

use crate::headline::{headline, lede, next, order};
use crate::names::Names;
use crate::plain::{cut, plain};
use crate::shape;

/// How to write for this terminal.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    /// Columns.
    pub width: usize,
    /// Whether colours and weights may be used.
    pub colour: bool,
}

/// How many lines a section of the first screen takes at most.
const SCREEN_LINES: usize = 7;

/// The whole text: the first screen, then details.
#[must_use]
pub fn terminal(assessment: &Assessment, map: Option<&Map>, words: &Words, terminal: Terminal) -> String {
    let words = &words.at(assessment.now);
    let mut out = Out { text: String::new(), terminal, names: Names(map), words, assessment };
    out.screen();
    out.details();
    out.text
}

struct Out<'a> {
    text: String,
    terminal: Terminal,
    names: Names<'a>,
    words: &'a Words,
    assessment: &'a Assessment,
}

impl Out<'_> {
    fn screen(&mut self) {
        let title = match self.names.0 {
            Some(map) => format!("Rempart · {} · {}", map.name, self.words.full(self.assessment.now)),
            None => format!("Rempart · {}", self.words.full(self.assessment.now)),
        };
        self.line(&title, "2");
        self.blank();
        self.paragraph(&headline(self.assessment, self.names, self.words), "1");
        let lede = lede(self.assessment, self.words).join(" ");
        if !lede.is_empty() {
            self.paragraph(&lede, "2");
        }
        self.care();
        self.cut();
        self.tell();
        self.restore();
        self.blank();
        self.paragraph(&evidence_line(self.assessment, self.words), "2");
    }

    fn care(&mut self) {
        if self.assessment.care.is_empty() {
            return;
        }
        self.heading("section-care");
        let mut rows: Vec<&Care> = self.assessment.care.iter().collect();
        rows.sort_by_key(|care| order(care, self.names, self.assessment.now));
        for care in rows.iter().take(SCREEN_LINES) {
            let state = care.state(self.assessment.now);
            let word = self.words.say(&format!("state-{}", shape::key(state)));
            let name = fit(self.names.node(&care.service), 26);
            let text = format!(
                "{} {name} {word:<13} {}",
                shape::glyph(state),
                next(care, self.assessment.now, self.words)
            );
            self.line(&text, colour(state));
        }
        self.more(rows.len());
    }

    fn cut(&mut self) {
        if self.assessment.containment.is_empty() {
            return;
        }
        self.heading("section-cut");
        for option in self.assessment.containment.iter().take(5) {
            self.item(&option.sentence);
        }
        self.more_than(self.assessment.containment.len(), 5);
    }

    fn tell(&mut self) {
        if self.assessment.obligations.is_empty() {
            return;
        }
        self.heading("section-tell");
        if self.assessment.chains.is_empty() {
            return self.paragraph(&self.words.say("tell-calm"), "");
        }
        let rows = self.assessment.obligations.iter().take(SCREEN_LINES).map(|it| {
            let status = if it.status == Status::Possible {
                format!(" ({})", self.words.say("status-possible"))
            } else {
                String::new()
            };
            (when_due(it, self.words), format!("{}{status}", it.title))
        });
        self.timed(rows.collect());
        self.more(self.assessment.obligations.len());
    }

    fn restore(&mut self) {
        let Some(plan) = &self.assessment.restoration else { return };
        if plan.services.is_empty() {
            return;
        }
        self.heading("section-restore");
        let mut services: Vec<_> = plan.services.iter().collect();
        services.sort_by_key(|service| (service.back_at.is_none(), service.back_at));
        let rows = services.iter().take(5).map(|service| {
            let when = service.back_at.map(|time| self.words.day_hour(time));
            (when.unwrap_or_else(|| self.words.say("unknown")), self.names.node(&service.id).to_owned())
        });
        self.timed(rows.collect());
        self.more_than(services.len(), 5);
    }

    fn details(&mut self) {
        if !self.assessment.chains.is_empty() {
            self.heading("section-chains");
            for chain in self.assessment.chains.iter().take(10) {
                self.item(&chain.sentence);
                for asset in chain.assets.iter().take(12) {
                    let stance = self.words.say(&format!("stance-{}", stance_key(asset.stance)));
                    let since = asset.since.map_or_else(String::new, |time| self.words.day_hour(time));
                    let name = asset.id.as_deref().unwrap_or(&asset.host);
                    self.line(&format!("  {name:<18} {stance:<12} {since:<17} {}", asset.why), "");
                }
                if chain.assets.len() > 12 {
                    self.line(
                        &format!(
                            "  {}",
                            self.words.say_with("more", &[("count", (chain.assets.len() - 12).into())])
                        ),
                        "2",
                    );
                }
            }
            self.more_than(self.assessment.chains.len(), 10);
        }
        if !self.assessment.care.is_empty() {
            self.heading("section-why");
            for care in &self.assessment.care {
                let path: Vec<&str> = care.because.iter().map(|id| self.names.node(id)).collect();
                let state = shape::glyph(care.state(self.assessment.now));
                self.item(&format!("{state} {} ← {}", self.names.node(&care.service), path.join(" ← ")));
            }
        }
        let evidence = &self.assessment.evidence;
        for (key, pieces) in [
            ("section-unreadable", &evidence.unreadable),
            ("section-skipped", &evidence.skipped),
            ("section-refused", &self.assessment.rules.refused),
        ] {
            if !pieces.is_empty() {
                self.heading(key);
                for piece in pieces.iter().take(20) {
                    self.item(&format!("{}: {}", piece.path, self.words.reason(&piece.reason)));
                }
                self.more_than(pieces.len(), 20);
            }
        }
        if !evidence.unknown_hosts.is_empty() {
            self.heading("section-unknown-hosts");
            self.item(&evidence.unknown_hosts.iter().take(40).cloned().collect::<Vec<_>>().join(", "));
            self.more_than(evidence.unknown_hosts.len(), 40);
        }
    }

    fn heading(&mut self, key: &str) {
        self.blank();
        self.line(&self.words.say(key), "1");
    }

    fn more(&mut self, count: usize) {
        self.more_than(count, SCREEN_LINES);
    }

    fn more_than(&mut self, count: usize, shown: usize) {
        if count > shown {
            self.line(&self.words.say_with("more", &[("count", (count - shown).into())]), "2");
        }
    }

    fn item(&mut self, text: &str) {
        self.wrap(text, "· ", "  ", "");
    }

    fn paragraph(&mut self, text: &str, weight: &str) {
        self.wrap(text, "", "", weight);
    }

    fn blank(&mut self) {
        self.text.push('\n');
    }

    /// Lines that begin with when, in columns.
    fn timed(&mut self, rows: Vec<(String, String)>) {
        let columns = rows.iter().map(|(when, _)| width(when)).max().unwrap_or_default();
        for (when, what) in rows {
            self.line(&format!("{when:<columns$} {what}"), "");
        }
    }

    /// One line, cut to the width.
    fn line(&mut self, text: &str, style: &str) {
        let text = cut(&plain(text), self.terminal.width);
        self.styled(text.trim_end(), style);
    }

    fn wrap(&mut self, text: &str, first: &str, rest: &str, style: &str) {
        let mut line = first.to_owned();
        let mut empty = true;
        for word in plain(text).split(' ') {
            if !empty && width(&line) + 1 + width(word) > self.terminal.width {
                self.styled(&line, style);
                rest.clone_into(&mut line);
                empty = true;
            }
            if !empty {
                line.push(' ');
            }
            line.push_str(word);
            empty = false;
        }
        self.styled(&line, style);
    }

    fn styled(&mut self, text: &str, style: &str) {
        if self.terminal.colour && !style.is_empty() {
            self.text.push_str(&format!("\u{1b}[{style}m{text}\u{1b}[0m\n"));
        } else {
            self.text.push_str(text);
            self.text.push('\n');
        }
    }
}

/// What was read, in one sentence.
#[must_use]
pub fn evidence_line(assessment: &Assessment, words: &Words) -> String {
    let evidence = &assessment.evidence;
    words.say_with(
        "evidence-line",
        &[
            ("events", words.number(evidence.events).into()),
            ("files", evidence.files.into()),
            ("rules", words.number(assessment.rules.loaded).into()),
            ("signals", words.number(assessment.signals).into()),
            ("unreadable", evidence.unreadable.len().into()),
        ],
    )
}

/// When an obligation is due, in a few characters.
#[must_use]
pub fn when_due(obligation: &assess::Obligation, words: &Words) -> String {
    match (obligation.due_at, obligation.status) {
        (Some(time), _) => words.day_hour(time),
        (None, Status::OnRequest) => words.say("status-on-request"),
        (None, _) => words.say("status-without-delay"),
    }
}

/// The key of a stance's word.
#[must_use]
pub fn stance_key(stance: detect::Stance) -> &'static str {
    match stance {
        detect::Stance::Suspected => "suspected",
        detect::Stance::Compromised => "compromised",
        detect::Stance::Lost => "lost",
    }
}

fn colour(state: State) -> &'static str {
    match state {
        State::Stopped => "31",
        State::Degraded => "33",
        State::AtRisk | State::Fallback | State::Up => "",
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn fit(text: &str, columns: usize) -> String {
    let text = cut(&plain(text), columns);
    let pad = columns - width(&text);
    text + &" ".repeat(pad)
}
