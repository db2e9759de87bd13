//! A state is a shape, a word and a colour; never a colour alone.

use assess::State;
use maud::{Markup, PreEscaped, html};

/// The shape of a state in plain text.
pub fn glyph(state: State) -> char {
    match state {
        State::Stopped => '■',
        State::Degraded => '▲',
        State::AtRisk => '△',
        State::Fallback => '◗',
        State::Up => '○',
    }
}

/// The key of its word, which is its class in the style sheet too.
pub fn key(state: State) -> &'static str {
    match state {
        State::Stopped => "stopped",
        State::Degraded => "degraded",
        State::AtRisk => "at-risk",
        State::Fallback => "fallback",
        State::Up => "up",
    }
}

/// Its shape, drawn in a square of 12.
pub fn path(state: State) -> Markup {
    PreEscaped(match state {
        State::Stopped => r#"<path d="M1.5 1.5h9v9h-9z"/>"#,
        State::Degraded => r#"<path d="M6 1 11 11 1 11Z"/>"#,
        State::AtRisk => {
            r#"<path d="M6 1.5 10.5 10.5 1.5 10.5Z" fill="none" stroke-width="1.5" stroke-dasharray="2.5 1.5"/>"#
        }
        State::Fallback => {
            r#"<path d="M6 1a5 5 0 0 1 0 10Z"/><circle cx="6" cy="6" r="5" fill="none" stroke-width="1.5"/>"#
        }
        State::Up => r#"<circle cx="6" cy="6" r="4.25" fill="none" stroke-width="1.75"/>"#,
    }
    .to_owned())
}

/// Its shape as a small picture.
pub fn picture(state: State) -> Markup {
    html! { svg viewBox="0 0 12 12" aria-hidden="true" { (path(state)) } }
}
