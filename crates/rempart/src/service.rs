//! What the service manager that started us is told: systemd's notification protocol, where it was set up.
//!
//! Invariant: a manager that does not listen is no reason to stop; without `NOTIFY_SOCKET` nothing is sent.

use sd_notify::NotifyState;

/// Requests are answered.
pub(crate) fn ready(url: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(&format!("Answers on {url}"))]);
}

/// No work is taken any more.
pub(crate) fn stopping() {
    tell(&[NotifyState::Stopping, NotifyState::Status("Finishes what is in hand")]);
}

fn tell(what: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(what) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}
