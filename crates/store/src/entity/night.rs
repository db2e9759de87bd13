//! What a night leaves: the incident, who held which role, what was decided, done, said and seen.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    Audience, CallState, DecisionState, IncidentKind, IncidentState, MessageState, NoticeState, Record, Seen,
    StepState, TaskState, Through, WardSays, record,
};
use crate::value::{Instant, Json, List};

record! {
    /// An incident.
    "incident" incident => Incident, none, secret [] {
        /// What people call it.
        title: String,
        /// What it is.
        kind: IncidentKind,
        /// Whether it goes on.
        state: IncidentState,
        /// The site that it is held to; the whole group, where absent.
        site: Option<String>,
        /// When it was declared.
        opened_at: Instant,
        /// When it was closed.
        closed_at: Option<Instant>,
        /// When the hospital became aware: legal clocks count from it.
        aware_at: Option<Instant>,
        /// Facts stated by people, name → yes, no or a number.
        facts: Json,
        /// The wall clock's instant at which its own clock was set.
        clock_wall: Option<Instant>,
        /// What its own clock said then; the wall clock's, where absent.
        clock_own: Option<Instant>,
        /// How many times faster than the wall clock it runs; 1 for a real one.
        clock_speed: f64,
        /// How far ahead price and danger count, in seconds.
        horizon: i64,
    }
}
record! {
    /// Who holds which role of the crisis.
    "duty" duty => Duty, incident, secret [] {
        /// The incident that it belongs to.
        incident: String,
        /// `director`, `lead`, `technical`, `care`, `communication`, `scribe`.
        role: String,
        /// Who.
        person: String,
        /// Their account, where they have one.
        account: Option<String>,
        /// From when.
        since: Instant,
        /// Until when; still, where absent.
        until: Option<Instant>,
    }
}
record! {
    /// A call of the call tree.
    "call" call => Call, incident, secret [] {
        /// The incident that it belongs to.
        incident: String,
        /// The map's contact.
        contact: String,
        /// What came of it.
        state: CallState,
        /// Who called.
        author: String,
        /// When.
        at: Instant,
        /// What was said.
        remark: String,
    }
}
record! {
    /// A decision: what, by whom, why.
    "decision" decision => Decision, incident, secret [] {
        /// The incident that it belongs to.
        incident: String,
        /// What is decided.
        title: String,
        /// Why; what was known.
        why: String,
        /// How far.
        state: DecisionState,
        /// Levers that it pulls.
        levers: List,
        /// Actions by hand that no lever of the map names: `kind:target`.
        actions: List,
        /// Care-hours that it costs and saves, as shown when it was taken.
        price: Option<f64>,
        /// Care-hours that it saves.
        saved: Option<f64>,
        /// Who decides, or who decided.
        person: String,
        /// By when.
        due_at: Option<Instant>,
        /// When it was put down.
        at: Instant,
        /// When it was taken or declined.
        taken_at: Option<Instant>,
    }
}
record! {
    /// Something to do.
    "task" task => Task, incident, secret [] {
        /// The incident that it belongs to.
        incident: String,
        /// What.
        title: String,
        /// How, where.
        detail: String,
        /// Who.
        person: Option<String>,
        /// Account to tell.
        account: Option<String>,
        /// The map's team.
        team: Option<String>,
        /// What it belongs to, such as a playbook.
        playbook: Option<String>,
        /// How far.
        state: TaskState,
        /// What it waits for.
        blocked_by: Option<String>,
        /// By when.
        due_at: Option<Instant>,
        /// The decision that it follows from.
        decision: Option<String>,
        /// The lever that it pulls.
        lever: Option<String>,
        /// Short code on paper.
        code: String,
        /// Who put it down.
        author: String,
        /// When.
        at: Instant,
        /// When it was done.
        done_at: Option<Instant>,
    }
}
record! {
    /// A text for staff, patients, press or partners.
    "message" message => Message, incident, secret [] {
        /// The incident that it belongs to.
        incident: String,
        /// For whom.
        audience: Audience,
        /// `fr` or `en`.
        lang: String,
        /// Heading.
        title: String,
        /// What it says.
        text: String,
        /// How far.
        state: MessageState,
        /// Who wrote it.
        author: String,
        /// When.
        at: Instant,
        /// Who let it out.
        approved_by: Option<String>,
        /// When it went out.
        sent_at: Option<Instant>,
    }
}
record! {
    /// A legal notice.
    "notice" notice => Notice, incident, secret [] {
        /// The incident that it belongs to.
        incident: String,
        /// The obligation's id.
        obligation: String,
        /// How far.
        state: NoticeState,
        /// What it says.
        text: String,
        /// The recipient's reference.
        reference: Option<String>,
        /// Attachment that proves it.
        proof: Option<String>,
        /// Who wrote it.
        author: String,
        /// When.
        at: Instant,
        /// When it was sent.
        sent_at: Option<Instant>,
    }
}
record! {
    /// A cut that somebody made.
    "cut" cut => Cut, incident, secret [] {
        /// The incident that it belongs to.
        incident: String,
        /// The lever.
        lever: String,
        /// Who pulled it.
        person: String,
        /// When.
        at: Instant,
        /// Who undid it.
        undone_by: Option<String>,
        /// When it was undone.
        undone_at: Option<Instant>,
        /// How the word came in.
        through: Through,
    }
}
record! {
    /// What a ward says of itself.
    "ward_report" ward_report => WardReport, incident, secret [] {
        /// The incident that it belongs to.
        incident: String,
        /// The care service.
        service: String,
        /// What it says.
        says: WardSays,
        /// In its own words.
        text: String,
        /// Patients concerned.
        patients: Option<i32>,
        /// Who says it.
        person: String,
        /// When.
        at: Instant,
        /// How the word came in.
        through: Through,
        /// Taken back.
        undone_at: Option<Instant>,
    }
}
record! {
    /// A line that a person writes on the timeline.
    "note" note => Note, incident, secret [] {
        /// The incident that it belongs to.
        incident: String,
        /// When it happened.
        at: Instant,
        /// What.
        text: String,
        /// The asset or ward that it speaks of.
        about: Option<String>,
        /// Who wrote it.
        author: String,
        /// When it was written.
        written_at: Instant,
        /// For the relief at the change of shift.
        handover: bool,
    }
}
record! {
    /// A signal, or all of its kind, that is not what it seems.
    "mark" mark => Mark, incident, secret [] {
        /// The incident that it belongs to.
        incident: String,
        /// The rule.
        rule: String,
        /// The asset; any, where absent.
        asset: Option<String>,
        /// The host; any, where absent.
        host: Option<String>,
        /// The file; any, where absent.
        path: Option<String>,
        /// The record in it.
        record: Option<i64>,
        /// Why.
        reason: String,
        /// Who.
        author: String,
        /// When.
        at: Instant,
        /// Taken back.
        undone_at: Option<Instant>,
    }
}
record! {
    /// What a person sees of an asset: it stands before any evidence.
    "sighting" sighting => Sighting, incident, secret [] {
        /// The incident that it belongs to.
        incident: String,
        /// The asset.
        asset: String,
        /// How it stands.
        stance: Seen,
        /// Since when.
        since: Instant,
        /// What was seen.
        reason: String,
        /// Who.
        author: String,
        /// When.
        at: Instant,
        /// Taken back.
        undone_at: Option<Instant>,
    }
}
record! {
    /// What a person says of a restoration step.
    "step" step => Step, incident, secret [] {
        /// The incident that it belongs to.
        incident: String,
        /// The step's id on the map.
        step: String,
        /// What.
        state: StepState,
        /// The instant that goes with it.
        at: Instant,
        /// Why.
        reason: String,
        /// Who.
        author: String,
    }
}
record! {
    /// The latest assessment, without its signals, in both languages.
    "assessment" assessment => KeptAssessment, incident, secret [] {
        /// The incident that it belongs to.
        incident: String,
        /// The instant that it speaks of.
        at: Instant,
        /// `assess::Assessment` by language.
        findings: Json,
        /// How many signals it rests on.
        signals: i64,
        /// The map that it was made with.
        map: i64,
        /// The rules that it was made with.
        rules: String,
    }
}
