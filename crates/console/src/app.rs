//! What every request has at hand.
//!
//! Invariant: made once at start; nothing in it depends on who asks.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use access::{Key, Throttle};
use assess::{Lang, Piece, Words};
use content::Content;
use detect::{Engine, Note};
use govern::Obligations;
use intake::Spool;
use jiff::Timestamp;
use lake::Lake;
use store::Store;
use tokio::sync::{Notify, Semaphore};

use crate::copies::Copies;
use crate::desk::Desk;
use crate::inflow::Intake;
use crate::keeping::Retention;
use crate::life::Life;
use crate::live::Listeners;
use crate::metrics::Counted;
use crate::room::factors::Asked;
use crate::room::hospital::Drafts;
use crate::shelf::Shelf;
use crate::silence::Silence;
use crate::trust::Trust;

/// How the console is run.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where everything is kept.
    pub data: PathBuf,
    /// Where to listen.
    pub listen: SocketAddr,
    /// `postgres://…`; SQLite under `data` where absent.
    pub database: Option<String>,
    /// Where metrics are shown; nowhere where absent.
    pub metrics: Option<SocketAddr>,
    /// Names by which it is reached, besides the address it listens on.
    pub hosts: Vec<String>,
    /// How bytes are kept from listeners.
    pub tls: Tls,
    /// Proxies whose word about the caller's address is taken.
    pub proxies: Vec<IpAddr>,
    /// Authorities to trust beside the public ones, in PEM.
    pub trust: Option<PathBuf>,
    /// A folder whose files are brought to the open incident as evidence.
    pub watch: Option<PathBuf>,
    /// What listens for events that arrive by themselves.
    pub intake: Intake,
    /// How long events are kept for searches.
    pub retention: Retention,
    /// Copies by the clock.
    pub copies: Copies,
    /// The demonstration, where this is one.
    pub demonstration: Option<Demonstration>,
}

/// How bytes on the wire are kept from listeners.
#[derive(Clone, Debug)]
pub enum Tls {
    /// Not at all: on loopback alone, or behind a proxy by explicit word.
    Plain {
        /// Said explicitly.
        behind_proxy: bool,
    },
    /// By these files, in PEM.
    Files {
        /// The chain of certificates.
        certificate: PathBuf,
        /// Its key.
        key: PathBuf,
    },
    /// By a certificate that we make on first start.
    SelfSigned,
}

/// A demonstration: a made-up hospital and its night.
#[derive(Clone, Debug)]
pub struct Demonstration {
    /// The map's files.
    pub map: PathBuf,
    /// The night's evidence.
    pub evidence: PathBuf,
    /// What people call the night.
    pub title: String,
    /// What is said of the map's first version.
    pub remark: String,
    /// The evidence's last instant: where the night's clock stands at first.
    pub end: Timestamp,
    /// How many times faster than life the night unfolds; at once where absent.
    pub replay: Option<f64>,
}

/// Rooms that the console shows, loaded.
pub struct Rooms {
    /// The rules, ready to judge.
    pub engine: Engine,
    /// Rules that could not be loaded.
    pub refused: Vec<Piece>,
    /// Hospital notes of rules, by id.
    pub notes: BTreeMap<String, Note>,
    /// Obligations.
    pub obligations: Obligations,
    /// English.
    pub en: Words,
    /// French.
    pub fr: Words,
    /// Content files.
    pub content: Content,
}

/// What every request has at hand.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// See [`App`].
pub struct Inner {
    /// How it is run.
    pub config: Config,
    /// What is kept.
    pub store: Store,
    /// What arrives by itself, where anything listens.
    pub spool: Option<Arc<Spool>>,
    /// Who of those whose events arrive fell silent.
    pub(crate) silence: Silence,
    /// Events kept for searches.
    pub(crate) lake: Lake,
    /// How many searches may begin.
    pub(crate) searches: Arc<Semaphore>,
    /// Told when evidence was read, whose events are then kept.
    pub(crate) read: Notify,
    /// Seals secrets of the store.
    pub key: Key,
    /// Rules, obligations, words.
    pub rooms: Rooms,
    /// The maps.
    pub shelf: Shelf,
    /// Told when it should be seen at once whether a copy is due.
    pub(crate) copying: Notify,
    /// Authorities that it trusts besides.
    pub(crate) trust: Trust,
    /// Files brought for the map that wait for a word.
    pub(crate) drafts: Drafts,
    /// Assessments of open incidents.
    pub desk: Desk,
    /// Slows log-in down.
    pub throttle: Mutex<Throttle>,
    /// What was asked of browsers for a passkey.
    pub(crate) passkeys: Asked,
    /// Where it stands between start and end.
    pub(crate) life: Life,
    /// What is counted while it serves.
    pub(crate) counted: Counted,
    /// Who listens to live updates.
    pub(crate) listeners: Listeners,
    /// When it started.
    pub started: Timestamp,
    /// Names that it answers to.
    pub names: Vec<String>,
    /// Its address, for links.
    pub url: String,
    /// Fingerprint of a self-signed certificate.
    pub fingerprint: Option<String>,
}

impl App {
    pub(crate) fn new(inner: Inner) -> App {
        App(Arc::new(inner))
    }

    /// The words of a language.
    #[must_use]
    pub fn words(&self, lang: Lang) -> &Words {
        match lang {
            Lang::En => &self.rooms.en,
            Lang::Fr => &self.rooms.fr,
        }
    }

    /// Whether cookies travel by TLS alone.
    #[must_use]
    pub fn secure(&self) -> bool {
        !matches!(self.config.tls, Tls::Plain { behind_proxy: false })
    }
}

impl Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
