//! Who and from where, out of what Linux login programs say.
//!
//! Invariant: only the shapes that these programs write are read; anything else is left alone.

use crate::event::Value;

/// The user concerned, with `user`, `src_ip`, `src_port`, `auth_method`… put into the fields.
pub(crate) fn read(program: &str, message: &str, put: &mut impl FnMut(&str, Value)) -> Option<String> {
    let user = match program {
        "sshd" | "sshd-session" => sshd(message, put),
        "sudo" => sudo(message, put),
        _ => session(message),
    }?;
    put("user", Value::Text(user.to_owned()));
    Some(user.to_owned())
}

/// `Accepted password for root from 192.0.2.7 port 22 ssh2` and its relatives.
fn sshd<'m>(message: &'m str, put: &mut impl FnMut(&str, Value)) -> Option<&'m str> {
    if let Some((_, from)) = message.rsplit_once(" from ") {
        let mut words = from.split(' ');
        if let Some(address) = words.next().filter(|it| it.parse::<std::net::IpAddr>().is_ok()) {
            put("src_ip", Value::Text(address.to_owned()));
        }
        if let (Some("port"), Some(port)) = (words.next(), words.next()) {
            put("src_port", Value::Text(port.to_owned()));
        }
    }
    let head = message.rsplit_once(" from ").map_or(message, |(head, _)| head);
    if let Some((verb, user)) = head.split_once(" for ") {
        let mut words = verb.split(' ');
        if let (Some("Accepted" | "Failed"), Some(method)) = (words.next(), words.next()) {
            put("auth_method", Value::Text(method.to_owned()));
            return Some(user.strip_prefix("invalid user ").unwrap_or(user));
        }
    }
    head.strip_prefix("Invalid user ").or_else(|| session(message))
}

/// `nurse : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh`.
fn sudo<'m>(message: &'m str, put: &mut impl FnMut(&str, Value)) -> Option<&'m str> {
    if let Some((_, command)) = message.split_once("COMMAND=") {
        put("command_line", Value::Text(command.to_owned()));
    }
    let (user, _) = message.split_once(" : ")?;
    Some(user.trim()).filter(|it| !it.contains(' '))
}

/// `pam_unix(su:session): session opened for user root by nurse(uid=1000)`.
fn session(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("session opened for user ")?;
    rest.split([' ', '(']).next().filter(|it| !it.is_empty())
}
