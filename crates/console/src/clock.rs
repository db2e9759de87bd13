//! An incident's own clock: the wall clock for a real one, its own pace for an exercise or a replay.
//!
//! Invariant: every screen of an incident speaks of the same instant, and the wall clock alone decides it.

use jiff::{SignedDuration, Timestamp};
use store::entity::Incident;

/// What the incident's clock says when the wall clock says `wall`.
#[must_use]
pub fn now(incident: &Incident, wall: Timestamp) -> Timestamp {
    let (Some(set), Some(own)) = (incident.clock_wall, incident.clock_own) else { return wall };
    let passed = wall.duration_since(set.0).as_secs_f64().max(0.0) * incident.clock_speed;
    let passed = SignedDuration::try_from_secs_f64(passed).unwrap_or_default();
    own.0.checked_add(passed).unwrap_or(own.0)
}

#[cfg(test)]
mod tests {
    use store::entity::{IncidentKind, IncidentState};
    use store::{Instant, Json};

    use super::*;

    #[test]
    fn a_replay_runs_faster_and_a_real_night_keeps_the_wall_clock() {
        let wall: Timestamp = "2026-11-25T10:00:00Z".parse().unwrap();
        let own: Timestamp = "2026-11-22T01:00:00Z".parse().unwrap();
        let mut incident = Incident {
            id: String::new(),
            version: 1,
            title: String::new(),
            kind: IncidentKind::Demonstration,
            state: IncidentState::Open,
            site: None,
            opened_at: Instant(own),
            closed_at: None,
            aware_at: None,
            facts: Json::default(),
            clock_wall: Some(Instant(wall)),
            clock_own: Some(Instant(own)),
            clock_speed: 60.0,
            horizon: 86_400,
        };
        let later = wall.checked_add(SignedDuration::from_secs(30)).unwrap();
        assert_eq!(now(&incident, later), "2026-11-22T01:30:00Z".parse().unwrap());
        assert_eq!(
            now(&incident, Timestamp::UNIX_EPOCH),
            own,
            "a wall clock set back does not turn time back"
        );
        incident.clock_own = None;
        assert_eq!(now(&incident, later), later);
    }
}
