//! What `rempart collect` may be asked.
//!
//! Invariant: it shares the listeners' settings with `rempart serve`, and reads no configuration file: that is the
//! server's, which may stand beside it.

use std::path::PathBuf;

use clap::Args;

use super::serve::{Arrives, Log, Protect, no_file, web};

#[derive(Args, Debug)]
pub(crate) struct Collect {
    /// Folder in which what came in is kept until the server answered for it
    #[arg(long = "data", value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// The --intake-http of a `rempart serve`, such as https://rempart.hospital.example:9200
    #[arg(long, value_name = "URL", value_parser = web)]
    pub(crate) forward: String,
    /// A file whose first line is a token of the server with the scope intake
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: PathBuf,
    /// Authorities in PEM to trust beside the public ones when it calls the server
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
    /// Who may send: a sender a line, its name, its token or sha256:HASH, and the hosts that it speaks for
    #[arg(long, value_name = "FILE")]
    pub(crate) intake_token_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) arrives: Arrives,
    #[command(flatten)]
    pub(crate) protect: Protect,
    #[command(flatten)]
    pub(crate) log: Log,
}

impl Collect {
    /// What cannot be collected so: each mistake in two sentences.
    pub(crate) fn mistakes(&self) -> Vec<String> {
        let mut mistakes = self.protect.mistakes();
        mistakes.extend(self.arrives.mistakes(&self.protect));
        mistakes.extend(no_file("trust", self.trust.as_deref()));
        for (name, address) in [("intake_http", self.arrives.http), ("intake_otlp", self.arrives.otlp)] {
            if let Some(address) =
                address.filter(|it| !it.ip().is_loopback() && self.intake_token_file.is_none())
            {
                mistakes.push(format!(
                    "{name}: {address} is not loopback, and anybody could send. Set intake_token_file."
                ));
            }
        }
        if self.forward.starts_with("http://") && !self.is_near() && !self.protect.plain_http {
            mistakes.push(
                "forward is plain HTTP beyond loopback, and the token would travel unprotected. Name an https:// \
                 address, or, where something else protects the way, set plain_http."
                    .to_owned(),
            );
        }
        mistakes
    }

    /// Whether the server is on this machine.
    fn is_near(&self) -> bool {
        let host = self.forward.parse::<reqwest::Url>().ok().and_then(|url| Some(url.host_str()?.to_owned()));
        host.is_some_and(|host| {
            let bare = host.trim_start_matches('[').trim_end_matches(']');
            host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback())
        })
    }
}
