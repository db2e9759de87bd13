//! Faces of an assessment: terminal text, HTML, CSV; the map as a picture.
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
pub use names::Names;
pub use html::{Note, Page, html, pick};
pub use plain::plain;
pub use tables::{signals_csv, timeline_csv};
pub use terminal::{Terminal, terminal, when_due};
