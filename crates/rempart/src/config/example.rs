//! The annotated configuration file, made from the settings themselves.
//!
//! Invariant: every setting stands in it, explained, with its default or an example; all but the data folder is left
//! out by `#`, so that the file as it is gives the defaults.

use clap::Arg;

use super::{is_flag, key, takes_many};

/// Examples of settings that have no default.
const EXAMPLES: &[(&str, &str)] = &[
    ("content", "/etc/rempart/content"),
    ("copies", "/media/copies"),
    ("copies_passphrase_file", "/etc/rempart/passphrase"),
    ("copies_recipient", "age1…"),
    ("data", "/var/lib/rempart"),
    ("database", "postgres://rempart@db.hospital.example/rempart"),
    ("evidence_folder", "/var/lib/rempart-evidence"),
    ("intake_client_ca", "/etc/rempart/senders.pem"),
    ("intake_http", "127.0.0.1:9200"),
    ("intake_otlp", "127.0.0.1:4317"),
    ("intake_syslog_udp", "127.0.0.1:5514"),
    ("intake_syslog_tcp", "127.0.0.1:5514"),
    ("intake_syslog_tls", "127.0.0.1:6514"),
    ("watch", "/var/log/rempart-evidence"),
    ("host", "rempart.hospital.example"),
    ("metrics", "127.0.0.1:9187"),
    ("proxy", "10.0.0.5"),
    ("tls_certificate", "/etc/rempart/chain.pem"),
    ("tls_key", "/etc/rempart/key.pem"),
    ("traces", "http://127.0.0.1:4318"),
    ("trust", "/etc/rempart/authorities.pem"),
];

const HEAD: &str = "\
# Configuration of `rempart serve`, and of the commands that work on its data folder.
#
# Flags come before the environment (REMPART_LISTEN, …), the environment before this file. What begins with #
# is left out: the value written there is the default, or an example where there is none.
# After a change: `rempart config check`, then restart.
";

/// The file.
pub(super) fn text(settings: &[Arg]) -> String {
    let mut text = HEAD.to_owned();
    for arg in settings {
        let Some(key) = key(arg) else { continue };
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let left_out = if key == "data" { "" } else { "#" };
        text += &format!("\n# {help}.\n{left_out}{}\n", line(&key, arg));
    }
    text
}

/// A setting's line: its default, else an example.
pub(super) fn line(key: &str, arg: &Arg) -> String {
    let defaults: Vec<String> =
        arg.get_default_values().iter().map(|it| it.to_string_lossy().into_owned()).collect();
    let example = EXAMPLES.iter().find(|(name, _)| *name == key).map(|(_, example)| (*example).to_owned());
    let values = if defaults.is_empty() { example.into_iter().collect() } else { defaults };
    written(key, arg, &values)
}

/// `key = value`, as TOML.
pub(super) fn written(key: &str, arg: &Arg, values: &[String]) -> String {
    // What JSON escapes in a text is escaped alike in TOML.
    let text = |value: &String| serde_json::Value::from(value.as_str()).to_string();
    let value = match values {
        [value] if is_flag(arg) => value.clone(),
        [value] if !takes_many(arg) => text(value),
        values => format!("[{}]", values.iter().map(text).collect::<Vec<_>>().join(", ")),
    };
    format!("{key} = {value}")
}
