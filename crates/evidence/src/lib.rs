//! Readers: files of any kind in, [`Event`]s out.
//!
//! ```
//! let line = b"Nov 21 02:10:00 srv-web-01 sshd[7]: Failed password for root from 192.0.2.7 port 22 ssh2";
//! let options = evidence::Options {
//!     reference: Some("2026-11-22T00:00:00Z".parse().unwrap()),
//!     ..evidence::Options::default()
//! };
//! let (events, report) = evidence::events_of(line, "auth.log", &options);
//! assert_eq!(report.events, 1);
//! assert_eq!(events[0].host.as_deref(), Some("srv-web-01"));
//! assert_eq!(events[0].user.as_deref(), Some("root"));
//! assert_eq!(events[0].fields.text("src_ip").as_deref(), Some("192.0.2.7"));
//! ```
//!
//! Invariant: nothing is skipped silently; every piece that could not be read is counted and named.

mod access;
mod archive;
mod audit;
mod blocks;
mod clock;
mod csv;
mod cut;
mod event;
mod evtx;
mod feed;
mod gate;
mod json;
mod keyvalue;
mod logins;
mod mapping;
mod names;
mod options;
mod piece;
mod plain;
mod read;
mod records;
mod rendered;
mod report;
mod shapes;
mod sniff;
mod syslog;
mod unicode;
mod w3c;
mod windows;
mod xml;
mod zeek;

pub use event::{Certainty, Event, Fields, Origin, Value, format};
pub use json::fields_of;
pub use mapping::{CsvMapping, MappingError};
pub use names::Names;
pub use options::{Input, Limits, Options, Progress};
pub use read::{events_of, read};
pub use report::{Assumed, Loss, Remark, Report, Skip, Skipped, Trouble, Unreadable};
