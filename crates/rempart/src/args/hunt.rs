//! What `rempart hunt` may be asked.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use lake::Since;

use super::View;

#[derive(Args, Debug)]
pub(crate) struct Hunt {
    /// What to look for: Field:value, words, * for any text, "quotes", and, or, not, parentheses [default: everything]
    pub(crate) query: Vec<String>,
    /// Folder in which the console keeps everything
    #[arg(long, value_name = "DIR", env = "REMPART_DATA")]
    pub(crate) data: PathBuf,
    /// Only events from then on: a span back from now, such as 90d or 36h, or an instant
    #[arg(long, value_name = "SPAN|T", value_parser = clap::value_parser!(Since))]
    pub(crate) since: Option<Since>,
    /// Only events up to then
    #[arg(long, value_name = "T")]
    pub(crate) until: Option<Timestamp>,
    /// Judge what is found by these rules alone, and print the signals instead of the events
    #[arg(long, value_name = "PATH")]
    pub(crate) rules: Vec<PathBuf>,
    /// Say in each signal why its rule matched
    #[arg(long, requires = "rules")]
    pub(crate) explain: bool,
    /// Print no more than so many
    #[arg(long, value_name = "N", conflicts_with = "rules")]
    pub(crate) limit: Option<u64>,
    #[command(flatten)]
    pub(crate) view: View,
}
