//! Faces of an assessment: terminal text, HTML, CSV; the map as a picture.
//!
//! Invariant: a face computes nothing of its own, and evidence, which is an attacker's text, is
//! shown escaped everywhere.

mod clock;
mod draw;
mod gantt;
mod headline;
mod html;
mod names;
pub mod paper;
mod plain;
mod shape;
mod tables;
mod terminal;
mod timeline;

pub use draw::draw;
pub use html::{Note, Page, html};
pub use plain::plain;
pub use tables::{signals_csv, timeline_csv};
pub use terminal::{Terminal, terminal};
