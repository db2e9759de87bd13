//! What `rempart backup` and `rempart restore` may be asked.

use std::path::PathBuf;

use clap::Args;

use super::Kept;

#[derive(Args, Debug)]
pub(crate) struct Backup {
    /// The bundle to write
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) kept: Kept,
    /// Encrypt so that the holder of this age identity can open it
    #[arg(long, value_name = "age1…", conflicts_with = "passphrase_file")]
    pub(crate) recipient: Vec<String>,
    /// Encrypt with the first line of this file [env: REMPART_PASSPHRASE holds the passphrase itself]
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Write it readable by anybody, without the server's own keys
    #[arg(long, conflicts_with_all = ["recipient", "passphrase_file"])]
    pub(crate) plain: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Restore {
    /// The bundle
    pub(crate) file: PathBuf,
    /// The data folder to restore into
    #[arg(long, value_name = "DIR", env = "REMPART_DATA", required_unless_present = "check")]
    pub(crate) data: Option<PathBuf>,
    /// The PostgreSQL database to restore into; SQLite in the data folder, where absent
    #[arg(long, value_name = "URL", env = "REMPART_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<String>,
    /// Keep what is there beside, and take its place
    #[arg(long, conflicts_with = "check")]
    pub(crate) replace: bool,
    /// Only try it: restore into a temporary folder, say what it holds, remove it
    #[arg(long)]
    pub(crate) check: bool,
    #[command(flatten)]
    pub(crate) open: OpenWith,
}

#[derive(Args, Debug)]
pub(crate) struct OpenWith {
    /// The age identity file of one of its recipients
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase_file")]
    pub(crate) identity: Option<PathBuf>,
    /// A file whose first line is the passphrase [env: REMPART_PASSPHRASE holds the passphrase itself]
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}
