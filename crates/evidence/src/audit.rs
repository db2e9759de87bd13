//! Linux audit logs (`type=EXECVE msg=audit(1763690400.123:7): argc=2 a0="id"`).
//!
//! Invariant: fields keep the names that the audit daemon gives them.

use crate::clock;
use crate::event::{Certainty, Event, Value};
use crate::keyvalue;
use crate::piece::Desk;

/// The event of one line.
pub(crate) fn event(line: &str, number: u64, desk: &mut Desk) -> Option<Event> {
    let (head, rest) = line.split_once("msg=audit(")?;
    let (stamp, body) = rest.split_once("):")?;
    let seconds = stamp.split_once(':').map_or(stamp, |(seconds, _)| seconds);
    let mut event = desk.event("auditd", number);
    event.time = Some(clock::epoch(seconds.parse().ok()?)?);
    event.certainty = Certainty::Exact;
    event.provider = Some("auditd".to_owned());
    let mut put = |name: &str, value: Value| {
        let name = desk.names.of(name);
        if !event.fields.0.iter().any(|(taken, _)| *taken == name) {
            event.fields.0.push((name, value));
        }
    };
    keyvalue::pairs(head, &mut put);
    keyvalue::pairs(body.split_once("msg='").map_or(body, |(pairs, _)| pairs), &mut put);
    if let Some((_, inner)) = body.split_once("msg='") {
        keyvalue::pairs(inner.trim_end_matches('\''), &mut put);
    }
    let known = |name: &str| event.fields.text(name).map(std::borrow::Cow::into_owned);
    event.channel = known("type");
    event.host = known("node");
    event.user = known("acct").or_else(|| known("AUID")).filter(|it| it != "?");
    line.clone_into(&mut event.line);
    Some(event)
}
