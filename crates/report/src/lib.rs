//! Faces of an assessment: terminal text, HTML, CSV; the map as a picture.
//!
//! Besides whole faces, their parts are public, for pages that are put together elsewhere. They take the assessment
//! without its signals, and words at its instant ([`assess::Words::at`]).
//!
//! Invariant: a face computes nothing of its own, and evidence, which is an attacker's text, is
//! shown escaped everywhere.

pub mod clock;
pub mod draw;
pub mod gantt;
pub mod headline;
mod html;
mod names;
pub mod paper;
mod plain;
pub mod shape;
mod tables;
mod terminal;
pub mod timeline;

pub use draw::draw;
pub use html::{Note, Page, choice, figures, html, pick};
pub use names::Names;
pub use plain::{plain, plain_lines};
pub use tables::{cell, signals_csv, timeline_csv};
pub use terminal::{Terminal, evidence_line, stance_key, terminal, when_due};
