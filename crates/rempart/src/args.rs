//! The command line: what may be asked, and how it reads in `--help`.

mod backup;
mod collect;
mod hunt;
mod serve;

use std::path::PathBuf;

use assess::Lang;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use jiff::Timestamp;
use jiff::tz::TimeZone;

pub(crate) use backup::{Backup, OpenWith, Restore};
pub(crate) use collect::Collect;
pub(crate) use hunt::Hunt;
pub(crate) use serve::{Arrives, Copied, Kept, Listen, Log, LogFormat, Protect, Serve};

/// From a log line to the ward it puts at risk: what to contain, whom to notify by when, what to
/// restore first
#[derive(Debug, Parser)]
#[command(name = "rempart", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 nothing found; 1 something found; 2 bad usage, map or rules; \
3 part of the evidence was unreadable; 4 could not write; 130 interrupted, what was found is written";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read evidence and say what care it puts at risk
    Triage(Triage),
    /// Check, draw, draft, print and question the map of the hospital
    #[command(subcommand)]
    Map(MapCommand),
    /// Check, test and list detection rules
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Search the events that the console keeps, or judge them by new rules
    Hunt(Hunt),
    /// Live a whole attack night on the demonstration hospital group
    Demo(Demo),
    /// Serve the console
    Serve(Box<Serve>),
    /// Take logs where they arise and forward them to a `rempart serve`, keeping all while it is away
    Collect(Box<Collect>),
    /// Accounts of the console
    #[command(subcommand)]
    User(UserCommand),
    /// Tokens with which programs use the console's API
    #[command(subcommand)]
    Token(TokenCommand),
    /// Copy the whole store and its files into one encrypted bundle, while `rempart serve` runs
    Backup(Backup),
    /// Put a bundle back, into a data folder that nobody uses
    Restore(Restore),
    /// Check the configuration file, and print an annotated one
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print what a shell needs to complete what is typed
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Write a man page for each command
    Man {
        /// Folder to write them to
        dir: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say every mistake of the configuration; print what `rempart serve` would go by, without secrets
    Check {
        /// The file [default: that of REMPART_CONFIG, else /etc/rempart/rempart.toml where it is there]
        file: Option<PathBuf>,
    },
    /// Print a configuration file with every setting explained
    Example,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Add an account with a role
    Add {
        /// What the person types to come in, such as nurse-17
        name: String,
        /// One of viewer contributor responder incident-commander director site-administrator auditor
        #[arg(long)]
        role: String,
        /// The site on which the role holds [default: all]
        #[arg(long, value_name = "S")]
        site: Option<String>,
        /// A file that holds the password on its first line
        #[arg(long, value_name = "F")]
        password_file: PathBuf,
        #[command(flatten)]
        kept: Kept,
    },
    /// Print a link through which an account gets a new password
    ResetLink {
        /// The account
        name: String,
        #[command(flatten)]
        kept: Kept,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token and print it, this once
    Create {
        /// Whose
        #[arg(long, value_name = "NAME")]
        user: String,
        /// read, write, intake or admin (which includes read and write)
        #[arg(long = "scope", required = true, value_name = "S")]
        scopes: Vec<String>,
        /// A host that it may speak for [default: any]
        #[arg(long = "host", value_name = "PATTERN")]
        hosts: Vec<String>,
        /// What it is for; what it sends is told apart by it [default: the account and a short number]
        #[arg(long, value_name = "L", value_parser = label)]
        label: Option<String>,
        /// When it ends, such as 90d
        #[arg(long, value_name = "TERM")]
        expires: String,
        #[command(flatten)]
        kept: Kept,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Triage {
    /// Files, folders, archives, or - for standard input
    #[arg(required = true, value_name = "EVIDENCE")]
    pub(crate) evidence: Vec<PathBuf>,
    /// Map of the hospital: a folder, or one map.toml
    #[arg(long)]
    pub(crate) map: Option<PathBuf>,
    /// Sigma rules to add, a file or a folder; a rule of the same id replaces ours
    #[arg(long, value_name = "PATH")]
    pub(crate) rules: Vec<PathBuf>,
    /// Leave our own rules out
    #[arg(long, requires = "rules")]
    pub(crate) only_rules: bool,
    #[command(flatten)]
    pub(crate) view: View,
    /// The instant to speak of [default: the latest event whose time can be trusted]
    #[arg(long, value_name = "T", value_parser = instant)]
    pub(crate) now: Option<Timestamp>,
    /// When you became aware: legal clocks count from it
    #[arg(long, value_name = "T", value_parser = instant)]
    pub(crate) aware: Option<Timestamp>,
    /// A fact that you know, such as personal_data=yes or persons=1200
    #[arg(long = "fact", value_name = "NAME=yes|no|N")]
    pub(crate) facts: Vec<String>,
    /// How far ahead price and danger count
    #[arg(long, default_value = "24h", value_name = "DURATION", value_parser = duration)]
    pub(crate) horizon: u64,
    /// Zone of log lines that name none [default: the map's, else unknown]
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    pub(crate) time_zone: Option<TimeZone>,
    /// What standard output holds
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Fold repeated signals of the same rule and host in the JSON
    #[arg(long)]
    pub(crate) fold: bool,
    /// Leave raw evidence out of report.html
    #[arg(long)]
    pub(crate) no_appendix: bool,
    /// How to read CSV evidence: a file that names its columns
    #[arg(long, value_name = "FILE")]
    pub(crate) mapping: Option<PathBuf>,
    /// Write report.html, assessment.json, signals.csv, timeline.csv and drafts here
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

/// What most commands share.
#[derive(Args, Clone, Debug)]
pub(crate) struct View {
    /// Language of what people read [default: from LANG, else en]
    #[arg(long, value_parser = lang)]
    pub(crate) lang: Option<Lang>,
    /// Folder whose content files take the place of ours
    #[arg(long, value_name = "DIR", env = "REMPART_CONTENT")]
    pub(crate) content: Option<PathBuf>,
    /// Threads that read and judge [default: all cores]
    #[arg(long, hide = true)]
    pub(crate) threads: Option<usize>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MapCommand {
    /// Say every mistake of a map at once, with file, line and column
    Check {
        /// A folder, or one map.toml
        map: PathBuf,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        #[arg(long, value_parser = lang)]
        lang: Option<Lang>,
    },
    /// Draw a map as an SVG picture
    Draw {
        /// A folder, or one map.toml
        map: PathBuf,
        /// Where to write the picture
        #[arg(long, value_name = "F.svg")]
        out: PathBuf,
        #[arg(long, value_parser = lang)]
        lang: Option<Lang>,
    },
    /// Draft a first map from the hosts, addresses and talkers seen, each guess marked
    Draft {
        /// Evidence to read
        evidence: Vec<PathBuf>,
        /// Inventory export with a header
        #[arg(long, value_name = "EXPORT")]
        csv: Option<PathBuf>,
        /// Folder to write the map to
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        #[command(flatten)]
        view: View,
    },
    /// Print what must be on paper before the night: red folder, cut cards, labels, ward pages
    Print(PrintArgs),
    /// Say which care degrades or stops when something is lost, when, and why
    Impact(ImpactArgs),
    /// Weigh levers: the care that pulling them costs, and what is left to lose
    Whatif(WhatifArgs),
}

#[derive(Args, Debug)]
pub(crate) struct PrintArgs {
    /// A folder, or one map.toml
    pub(crate) map: PathBuf,
    /// What to print
    #[arg(long, value_enum)]
    pub(crate) what: Sheets,
    /// Address of the console that the QR codes lead to [default: they hold telephone numbers]
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// The instant printed on every page [default: this machine's clock]
    #[arg(long, value_name = "T", value_parser = instant)]
    pub(crate) now: Option<Timestamp>,
    #[arg(long, value_parser = lang)]
    pub(crate) lang: Option<Lang>,
    /// Where to write the pages
    #[arg(long, value_name = "F.html")]
    pub(crate) out: PathBuf,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Sheets {
    /// The red folder, whole
    Folder,
    /// Cut cards, four to a sheet
    Cards,
    /// Labels for the equipment, 70 × 37 mm, 24 to a sheet
    Labels,
    /// One page a care service
    Wards,
}

#[derive(Args, Debug)]
pub(crate) struct ImpactArgs {
    #[arg(long)]
    pub(crate) map: PathBuf,
    /// The instant to speak of [default: this machine's clock]
    #[arg(long, value_name = "T", value_parser = instant)]
    pub(crate) now: Option<Timestamp>,
    /// What is lost, when (an instant, or +90min from now), and how
    #[arg(long, required = true, value_name = "ID[@T|@+90min][:degraded]")]
    pub(crate) lost: Vec<String>,
    /// All that was lost is back at this instant
    #[arg(long = "return", value_name = "T", value_parser = instant)]
    pub(crate) back: Option<Timestamp>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    #[arg(long, value_parser = lang)]
    pub(crate) lang: Option<Lang>,
}

#[derive(Args, Debug)]
pub(crate) struct WhatifArgs {
    #[arg(long)]
    pub(crate) map: PathBuf,
    /// The instant to speak of [default: this machine's clock]
    #[arg(long, value_name = "T", value_parser = instant)]
    pub(crate) now: Option<Timestamp>,
    /// What is lost already
    #[arg(long, value_name = "ID[@T|@+90min][:degraded]")]
    pub(crate) lost: Vec<String>,
    /// A lever of the map to pull
    #[arg(long, value_name = "LEVER")]
    pub(crate) pull: Vec<String>,
    /// An asset to isolate or switch off
    #[arg(long, value_name = "ID")]
    pub(crate) isolate: Vec<String>,
    /// A flow to close
    #[arg(long, value_name = "FLOW")]
    pub(crate) close: Vec<String>,
    /// An account to disable, or a server whose accounts are
    #[arg(long, value_name = "ID")]
    pub(crate) disable: Vec<String>,
    /// An asset that the attacker holds
    #[arg(long, value_name = "ID", conflicts_with = "scenario")]
    pub(crate) compromised: Vec<String>,
    /// What the attacker may hold, and how likely; percents sum to 100
    #[arg(long, value_name = "PERCENT:ID[,ID…]")]
    pub(crate) scenario: Vec<String>,
    /// How long the attacker takes to spread [default: the map's, else 1h]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) spread: Option<u64>,
    /// How far ahead price and danger count
    #[arg(long, default_value = "24h", value_name = "DURATION", value_parser = duration)]
    pub(crate) horizon: u64,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    #[arg(long, value_parser = lang)]
    pub(crate) lang: Option<Lang>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Load rules and name each that is refused, with its reason
    Check {
        /// A file or a folder
        path: PathBuf,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Run the examples of every rule: what must match, what must not
    Test {
        /// A file or a folder [default: our own rules]
        path: Option<PathBuf>,
        /// Say of each example why the rule matches its first events, or does not
        #[arg(long)]
        explain: bool,
        #[arg(long, value_name = "DIR")]
        content: Option<PathBuf>,
    },
    /// List rules
    List {
        /// Only those of this ATT&CK technique, such as T1486
        #[arg(long)]
        technique: Option<String>,
        /// Rules to add to ours
        #[arg(long, value_name = "PATH")]
        rules: Vec<PathBuf>,
        #[command(flatten)]
        view: View,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Demo {
    /// Which night
    #[arg(long, default_value = "ransomware", value_parser = ["ransomware", "flood", "insider", "quiet"])]
    pub(crate) night: String,
    /// Another seed gives other hosts, users and times
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Where to write map, evidence and report
    #[arg(long, default_value = "rempart-demo", value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Do not serve the console at the end
    #[arg(long)]
    pub(crate) no_serve: bool,
    /// Let the night unfold in the console, so many times faster than life
    #[arg(long, value_name = "SPEED", value_parser = speed, conflicts_with = "no_serve")]
    pub(crate) replay: Option<f64>,
    #[command(flatten)]
    pub(crate) listen: Listen,
    #[command(flatten)]
    pub(crate) view: View,
}

fn label(text: &str) -> Result<String, String> {
    let text = text.trim();
    let is_sound = (1..=80).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if is_sound { Ok(text.to_owned()) } else { Err("a label has 1 to 80 letters".to_owned()) }
}

fn instant(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| format!("{text} is not an instant; write it as 2026-11-22T03:10:00+01:00"))
}

fn duration(text: &str) -> Result<u64, String> {
    hospital::parse_duration(text)
        .ok_or_else(|| format!("{text} is not a duration; write it as 20min, 4h or 2d"))
}

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.trim_end_matches(['x', '×']).parse().ok().filter(|it| (0.1..=10_000.0).contains(it));
    speed.ok_or_else(|| format!("{text} is not a speed; write 60 for a minute a second"))
}

fn zone(text: &str) -> Result<TimeZone, String> {
    TimeZone::get(text).map_err(|_| format!("{text} is not a time zone; write it as Europe/Paris"))
}

fn lang(text: &str) -> Result<Lang, String> {
    match text {
        "en" => Ok(Lang::En),
        "fr" => Ok(Lang::Fr),
        _ => Err("Rempart speaks fr and en".to_owned()),
    }
}
