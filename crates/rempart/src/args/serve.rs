//! What `rempart serve` may be asked, and so what its configuration file may hold.
//!
//! Invariant: whatever has an environment name here is a setting, `REMPART_` and the flag's name; the file's keys are
//! the same names in lower case. Which settings exclude each other is said by [`Listen::mistakes`] alone, because
//! they may come from different places.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::builder::BoolValueParser;
use clap::{ArgAction, Args, ValueEnum};

use super::View;

/// Where the console keeps everything.
#[derive(Args, Clone, Debug)]
pub(crate) struct Kept {
    /// Folder in which everything is kept
    #[arg(long, value_name = "DIR", env = "REMPART_DATA")]
    pub(crate) data: PathBuf,
    /// PostgreSQL to keep it in instead, postgres://…
    #[arg(long, value_name = "URL", env = "REMPART_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) kept: Kept,
    #[command(flatten)]
    pub(crate) listen: Listen,
    #[command(flatten)]
    pub(crate) arrives: Arrives,
    #[command(flatten)]
    pub(crate) retained: Retained,
    #[command(flatten)]
    pub(crate) copied: Copied,
    #[command(flatten)]
    pub(crate) said: Said,
    #[command(flatten)]
    pub(crate) view: View,
}

/// Where the console answers.
#[derive(Args, Clone, Debug)]
pub(crate) struct Listen {
    /// Address and port; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8787", value_name = "ADDR", env = "REMPART_LISTEN")]
    pub(crate) listen: SocketAddr,
    /// A name by which it is reached, such as rempart.hospital.example
    #[arg(long = "host", value_name = "NAME", env = "REMPART_HOST", value_delimiter = ',')]
    pub(crate) hosts: Vec<String>,
    #[command(flatten)]
    pub(crate) protect: Protect,
    /// A proxy whose word about the caller's address is taken
    #[arg(long = "proxy", value_name = "ADDR", env = "REMPART_PROXY", value_delimiter = ',')]
    pub(crate) proxies: Vec<IpAddr>,
    /// Authorities in PEM to trust beside the public ones: of the mail server, the identity provider, webhooks
    #[arg(long, value_name = "FILE", env = "REMPART_TRUST")]
    pub(crate) trust: Option<PathBuf>,
    /// A folder whose files are brought to the open incident as evidence, once nothing is added to them
    #[arg(long, value_name = "DIR", env = "REMPART_EVIDENCE_FOLDER")]
    pub(crate) evidence_folder: Option<PathBuf>,
}

/// How bytes on the wire are kept from listeners.
#[derive(Args, Clone, Debug)]
pub(crate) struct Protect {
    /// Certificates in PEM, its own first
    #[arg(long, value_name = "FILE", env = "REMPART_TLS_CERTIFICATE")]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The certificate's key in PEM
    #[arg(long, value_name = "FILE", env = "REMPART_TLS_KEY")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Make a certificate on first start and print its fingerprint
    #[arg(long, value_name = "true|false", env = "REMPART_TLS_SELF_SIGNED", action = ArgAction::Set,
        value_parser = BoolValueParser::new(), num_args = 0..=1, require_equals = true,
        default_value = "false", default_missing_value = "true",
        hide_default_value = true, hide_possible_values = true)]
    pub(crate) tls_self_signed: bool,
    /// Plain HTTP beyond loopback, behind a proxy that does TLS
    #[arg(long, value_name = "true|false", env = "REMPART_PLAIN_HTTP", action = ArgAction::Set,
        value_parser = BoolValueParser::new(), num_args = 0..=1, require_equals = true,
        default_value = "false", default_missing_value = "true",
        hide_default_value = true, hide_possible_values = true)]
    pub(crate) plain_http: bool,
}

impl Protect {
    /// Whether there is a certificate.
    pub(crate) fn is_tls(&self) -> bool {
        self.tls_certificate.is_some() || self.tls_self_signed
    }

    pub(super) fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        if self.tls_certificate.is_some() != self.tls_key.is_some() {
            let (given, other) = match &self.tls_certificate {
                Some(_) => ("tls_certificate", "tls_key"),
                None => ("tls_key", "tls_certificate"),
            };
            mistakes.push(format!("{given} is set and {other} is not. Set both, or neither."));
        }
        let ways = [
            ("tls_certificate", self.tls_certificate.is_some()),
            ("tls_self_signed", self.tls_self_signed),
            ("plain_http", self.plain_http),
        ];
        let taken: Vec<&str> = ways.iter().filter(|(_, set)| *set).map(|(name, _)| *name).collect();
        if taken.len() > 1 {
            mistakes.push(format!("{} exclude each other. Keep one of them.", taken.join(" and ")));
        }
        mistakes.extend(no_file("tls_certificate", self.tls_certificate.as_deref()));
        mistakes.extend(no_file("tls_key", self.tls_key.as_deref()));
        mistakes
    }
}

/// Says that a setting names no file, where it does.
pub(super) fn no_file(name: &str, file: Option<&Path>) -> Option<String> {
    let file = file.filter(|file| !file.is_file())?;
    Some(format!("{name}: {} is no file. Name a file in PEM.", file.display()))
}

/// Listeners for events that arrive by themselves, each off unless it is set.
#[derive(Args, Clone, Debug)]
pub(crate) struct Arrives {
    /// Where log shippers send: Elasticsearch's _bulk, OTLP over HTTP under /v1/logs, files under /upload/NAME;
    /// customary port 9200
    #[arg(long = "intake-http", value_name = "ADDR", env = "REMPART_INTAKE_HTTP")]
    pub(crate) http: Option<SocketAddr>,
    /// Where OTLP logs come in over gRPC; customary port 4317
    #[arg(long = "intake-otlp", value_name = "ADDR", env = "REMPART_INTAKE_OTLP")]
    pub(crate) otlp: Option<SocketAddr>,
    /// Where syslog comes in as datagrams, from anyone; customary port 5514
    #[arg(long = "intake-syslog-udp", value_name = "ADDR", env = "REMPART_INTAKE_SYSLOG_UDP")]
    pub(crate) syslog_udp: Option<SocketAddr>,
    /// Where syslog comes in over TCP, from anyone; customary port 5514
    #[arg(long = "intake-syslog-tcp", value_name = "ADDR", env = "REMPART_INTAKE_SYSLOG_TCP")]
    pub(crate) syslog_tcp: Option<SocketAddr>,
    /// Where syslog comes in over TLS, with the console's certificate; customary port 6514
    #[arg(long = "intake-syslog-tls", value_name = "ADDR", env = "REMPART_INTAKE_SYSLOG_TLS")]
    pub(crate) syslog_tls: Option<SocketAddr>,
    /// Authorities in PEM: a sender over TLS with a certificate of theirs is proven, and needs no token
    #[arg(long = "intake-client-ca", value_name = "FILE", env = "REMPART_INTAKE_CLIENT_CA")]
    pub(crate) client_ca: Option<PathBuf>,
    /// Refuse senders of syslog over TLS that have no such certificate
    #[arg(long = "intake-require-certificate", value_name = "true|false", env = "REMPART_INTAKE_REQUIRE_CERTIFICATE",
        action = ArgAction::Set, value_parser = BoolValueParser::new(), num_args = 0..=1, require_equals = true,
        default_value = "false", default_missing_value = "true",
        hide_default_value = true, hide_possible_values = true)]
    pub(crate) require_certificate: bool,
    /// A folder whose log files are followed as they grow
    #[arg(long, value_name = "DIR", env = "REMPART_WATCH", value_delimiter = ',')]
    pub(crate) watch: Vec<PathBuf>,
}

impl Arrives {
    pub(super) fn mistakes(&self, protect: &Protect) -> Vec<String> {
        let mut mistakes = Vec::new();
        let is_tls = protect.is_tls();
        if self.syslog_tls.is_some() && !is_tls {
            mistakes.push(
                "intake_syslog_tls is set, and there is no certificate. Set tls_certificate and tls_key, or \
                 tls_self_signed."
                    .to_owned(),
            );
        }
        for (name, address) in [("intake_http", self.http), ("intake_otlp", self.otlp)] {
            if let Some(address) =
                address.filter(|it| !it.ip().is_loopback() && !is_tls && !protect.plain_http)
            {
                mistakes.push(format!(
                    "{name}: {address} is not loopback, and tokens would travel unprotected. Set tls_certificate \
                     and tls_key, or tls_self_signed, or, behind a proxy that does TLS, plain_http."
                ));
            }
        }
        mistakes.extend(no_file("intake_client_ca", self.client_ca.as_deref()));
        let asks = self.syslog_tls.or(self.http).or(self.otlp).filter(|_| is_tls);
        if self.client_ca.is_some() && asks.is_none() {
            mistakes.push(
                "intake_client_ca is set, and nothing that takes events listens by TLS. Set intake_syslog_tls, \
                 intake_http or intake_otlp, with tls_certificate and tls_key, or tls_self_signed."
                    .to_owned(),
            );
        }
        if self.require_certificate && self.client_ca.is_none() {
            mistakes.push(
                "intake_require_certificate is set, and no authority is. Set intake_client_ca.".to_owned(),
            );
        }
        for folder in self.watch.iter().filter(|it| !it.is_dir()) {
            mistakes.push(format!("watch: {} is no folder. Name one that is there.", folder.display()));
        }
        mistakes
    }
}

/// How long events are kept for searches.
#[derive(Args, Clone, Debug)]
pub(crate) struct Retained {
    /// Events are let go so many days after they arrived; 0 keeps them for ever
    #[arg(long = "keep-days", value_name = "N", env = "REMPART_KEEP_DAYS", default_value_t = 400, value_parser = clap::value_parser!(u32).range(..=36_500))]
    pub(crate) days: u32,
    /// Beyond this size the oldest days of events go first, such as 500GB; 0 sets no bound
    #[arg(long = "keep-bytes", value_name = "SIZE", env = "REMPART_KEEP_BYTES", default_value = "0", value_parser = size)]
    pub(crate) bytes: u64,
}

/// Copies of the store by the clock.
#[derive(Args, Clone, Debug)]
pub(crate) struct Copied {
    /// A folder, perhaps on a removable disk, that copies of the store are written to; the page Settings says, if absent
    #[arg(long = "copies", value_name = "DIR", env = "REMPART_COPIES")]
    pub(crate) folder: Option<PathBuf>,
    /// Time between two copies
    #[arg(long = "copies-every", value_name = "SPAN", env = "REMPART_COPIES_EVERY", default_value = "24h", value_parser = span)]
    pub(crate) every: jiff::SignedDuration,
    /// How many copies are kept
    #[arg(long = "copies-keep", value_name = "N", env = "REMPART_COPIES_KEEP", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) keep: u32,
    /// Whoever may open the copies, by an age recipient age1…
    #[arg(
        long = "copies-recipient",
        value_name = "RECIPIENT",
        env = "REMPART_COPIES_RECIPIENT",
        value_delimiter = ','
    )]
    pub(crate) recipients: Vec<String>,
    /// A file whose first line is the passphrase that opens the copies
    #[arg(long = "copies-passphrase-file", value_name = "FILE", env = "REMPART_COPIES_PASSPHRASE_FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

impl Copied {
    fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        match (&self.folder, !self.recipients.is_empty(), self.passphrase_file.is_some()) {
            (_, true, true) => mistakes.push(
                "copies_recipient and copies_passphrase_file exclude each other. Keep one of them."
                    .to_owned(),
            ),
            (Some(_), false, false) => mistakes.push(
                "copies is set, and whoever found a copy could read it. Set copies_recipient or \
                 copies_passphrase_file."
                    .to_owned(),
            ),
            // Without a folder, the page Settings says where.
            _ => {}
        }
        mistakes
    }
}

/// What the server says of itself.
#[derive(Args, Clone, Debug)]
pub(crate) struct Said {
    /// Where figures for Prometheus are shown, under /metrics, on a listener of their own
    #[arg(long, value_name = "ADDR", env = "REMPART_METRICS")]
    pub(crate) metrics: Option<SocketAddr>,
    /// Collector that traces of requests are sent to (OpenTelemetry, OTLP over HTTP), such as http://127.0.0.1:4318
    #[arg(long, value_name = "URL", env = "REMPART_TRACES", value_parser = web)]
    pub(crate) traces: Option<String>,
    #[command(flatten)]
    pub(crate) log: Log,
}

/// The log, on standard error.
#[derive(Args, Clone, Debug)]
pub(crate) struct Log {
    /// What goes to the log: error, warn, info, debug or trace, also by part, such as info,console=debug
    #[arg(long, default_value = "info,sqlx=warn", value_name = "LEVEL", env = "REMPART_LOG", value_parser = level)]
    pub(crate) log: String,
    /// How the log is written, on standard error
    #[arg(long, value_enum, default_value_t = LogFormat::Json, value_name = "FORMAT", env = "REMPART_LOG_FORMAT")]
    pub(crate) log_format: LogFormat,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

impl Serve {
    /// What cannot be served so: each mistake in two sentences.
    pub(crate) fn mistakes(&self) -> Vec<String> {
        let mut mistakes = self.listen.mistakes();
        mistakes.extend(self.arrives.mistakes(&self.listen.protect));
        mistakes.extend(self.copied.mistakes());
        if self.said.metrics == Some(self.listen.listen) && self.listen.listen.port() != 0 {
            let address = self.listen.listen;
            mistakes.push(format!("listen and metrics are both {address}. Give metrics another port."));
        }
        mistakes
    }
}

impl Listen {
    /// What cannot be served so: each mistake in two sentences.
    pub(crate) fn mistakes(&self) -> Vec<String> {
        let mut mistakes = self.protect.mistakes();
        let is_said = self.protect.is_tls() || self.protect.tls_key.is_some() || self.protect.plain_http;
        if !is_said && !self.listen.ip().is_loopback() {
            mistakes.push(format!(
                "{} is not loopback, and nothing would protect what travels. Set tls_certificate and tls_key, or \
                 tls_self_signed, or, behind a proxy that does TLS, plain_http.",
                self.listen
            ));
        }
        mistakes.extend(no_file("trust", self.trust.as_deref()));
        mistakes
    }
}

/// A span of a minute at least: `24h`, `90min`.
fn span(text: &str) -> Result<jiff::SignedDuration, String> {
    match text.parse::<jiff::SignedDuration>() {
        Ok(span) if span >= jiff::SignedDuration::from_mins(1) => Ok(span),
        _ => Err("it is no span of a minute or more, such as 24h".to_owned()),
    }
}

/// Bytes, with a unit or without: `0`, `500GB`, `2TB`.
fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|it: char| it.is_ascii_alphabetic() || it == ' ');
    let unit = match text[digits.len()..].trim().to_ascii_uppercase().as_str() {
        "" => Some(1),
        "MB" => Some(1_000_000),
        "GB" => Some(1_000_000_000),
        "TB" => Some(1_000_000_000_000),
        _ => None,
    };
    let bytes = digits.parse::<u64>().ok().zip(unit).and_then(|(count, unit)| count.checked_mul(unit));
    bytes.ok_or_else(|| "it is no size such as 500GB".to_owned())
}

/// An address of the web, without a name and a password: it is shown.
pub(super) fn web(text: &str) -> Result<String, String> {
    let url: reqwest::Url = text.parse().map_err(|_| "it is no address of the web".to_owned())?;
    let plain = url.username().is_empty() && url.password().is_none() && url.has_host();
    if plain && ["http", "https"].contains(&url.scheme()) {
        Ok(text.to_owned())
    } else {
        Err("it is not http or https with a host alone".to_owned())
    }
}

/// A level, or levels by part of the program.
fn level(text: &str) -> Result<String, String> {
    let sound = text.split(',').all(|part| {
        let level = part.rsplit('=').next().unwrap_or_default();
        ["off", "error", "warn", "info", "debug", "trace"].contains(&level.trim())
    });
    if sound { Ok(text.to_owned()) } else { Err("it is no level of the log".to_owned()) }
}
