//! Words that a column may hold.

use std::borrow::Cow;

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

/// `word! { /// Doc. Name { Variant, … } }`: an enum kept as its `snake_case` word.
macro_rules! word {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Deserialize, DeriveActiveEnum, EnumIter, Eq, Hash, Ord, PartialEq, PartialOrd,
            Serialize,
        )]
        #[sea_orm(rs_type = "String", db_type = "Text")]
        pub enum $name {
            $(
                $(#[$variant_doc])*
                #[sea_orm(string_value = $word)]
                #[serde(rename = $word)]
                $variant,
            )*
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let words = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([$($word),*]));
                words.build().into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }

        impl $name {
            /// Every one, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// Its word, as kept and as sent.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            /// The one of that word.
            #[must_use]
            pub fn of(word: &str) -> Option<$name> {
                match word { $($word => Some($name::$variant),)* _ => None }
            }
        }
    };
}

word! {
    /// What a person may be in Rempart; what each may do is the console's table of permissions.
    Role {
        /// Reads.
        Viewer = "viewer",
        /// Writes notes, tasks, ward reports.
        Contributor = "contributor",
        /// Acts: cuts, evidence, restoration.
        Responder = "responder",
        /// Leads the incident.
        IncidentCommander = "incident-commander",
        /// Decides for the hospital.
        Director = "director",
        /// Keeps people, map and settings.
        SiteAdministrator = "site-administrator",
        /// Reads everything, the audit too.
        Auditor = "auditor",
    }
}
word! {
    /// Where an account comes from.
    Origin {
        /// Kept here, with a password.
        Local = "local",
        /// The identity provider's.
        Directory = "directory",
        /// Sealed, for when the directory is dead.
        BreakGlass = "break_glass",
    }
}
word! {
    /// What a second factor is.
    FactorKind {
        /// One-time codes (RFC 6238).
        Code = "code",
        /// WebAuthn.
        Passkey = "passkey",
        /// A printed code, used once.
        Recovery = "recovery",
    }
}
word! {
    /// What a one-time link is for.
    LinkKind {
        /// The first administrator.
        Setup = "setup",
        /// A new password.
        Reset = "reset",
        /// Sign in to the demonstration.
        Demonstration = "demonstration",
    }
}
word! {
    /// What an incident is.
    IncidentKind {
        /// It happens.
        Real = "real",
        /// An exercise, in the very same screens.
        Exercise = "exercise",
        /// The demonstration group.
        Demonstration = "demonstration",
    }
}
word! {
    /// Whether an incident goes on, or is none yet.
    IncidentState {
        /// The standing watch: what arrives while no incident is open. It becomes one when it is declared.
        Watch = "watch",
        /// It goes on.
        Open = "open",
        /// Care is back; the report remains.
        Closed = "closed",
    }
}
word! {
    /// Whether somebody answered.
    CallState {
        /// Awake, and knows.
        Awake = "awake",
        /// Called, no answer.
        NoAnswer = "no_answer",
        /// On the way.
        Coming = "coming",
    }
}
word! {
    /// How far a decision is.
    DecisionState {
        /// It waits for somebody.
        Waiting = "waiting",
        /// Taken.
        Taken = "taken",
        /// Set aside, with the reason.
        Declined = "declined",
    }
}
word! {
    /// How far a task is.
    TaskState {
        /// Nobody began.
        Open = "open",
        /// Somebody is at it.
        Doing = "doing",
        /// It cannot go on.
        Blocked = "blocked",
        /// Done.
        Done = "done",
        /// Not wanted any more.
        Dropped = "dropped",
    }
}
word! {
    /// Whom a text is for.
    Audience {
        /// Those who work here.
        Staff = "staff",
        /// Patients and their families.
        Patients = "patients",
        /// Newspapers, radio.
        Press = "press",
        /// Sister hospitals, suppliers, insurers.
        Partners = "partners",
    }
}
word! {
    /// How far a text is.
    MessageState {
        /// Being written.
        Draft = "draft",
        /// May go out.
        Approved = "approved",
        /// Gone.
        Sent = "sent",
    }
}
word! {
    /// How far a legal notice is.
    NoticeState {
        /// Being completed.
        Draft = "draft",
        /// Sent, with its proof.
        Sent = "sent",
    }
}
word! {
    /// What a ward says of itself.
    WardSays {
        /// On paper, all is well.
        PaperWell = "paper_well",
        /// It needs something.
        Needs = "needs",
        /// Something odd on a screen.
        Odd = "odd",
        /// Patients are diverted.
        Diverting = "diverting",
        /// Works as usual again.
        Usual = "usual",
    }
}
word! {
    /// How a word came in.
    Through {
        /// A signed-in page.
        Console = "console",
        /// The ward's own code.
        WardCode = "ward_code",
        /// Paper, typed in later.
        Paper = "paper",
        /// The HTTP API.
        Api = "api",
    }
}
word! {
    /// What a person says of a restoration step.
    StepState {
        /// Starts at an instant that a person chose.
        Pinned = "pinned",
        /// Begun.
        Begun = "begun",
        /// Done.
        Done = "done",
        /// Late: ends at a new instant.
        Late = "late",
    }
}
word! {
    /// What a kept file is.
    AttachmentKind {
        /// Logs and captures, to be read.
        Evidence = "evidence",
        /// A photograph of a place, without its metadata.
        Photo = "photo",
        /// The proof of a notice.
        Proof = "proof",
    }
}
word! {
    /// How far a kept file is.
    AttachmentState {
        /// Its bytes still arrive.
        Arriving = "arriving",
        /// Whole, its hash checked.
        Kept = "kept",
        /// Being read.
        Reading = "reading",
        /// Read.
        Read = "read",
        /// Could not be read.
        Failed = "failed",
    }
}
word! {
    /// How a person sees that an asset stands.
    Seen {
        /// Encrypted, wiped, made unusable.
        Lost = "lost",
        /// In an attacker's hands, and running.
        Compromised = "compromised",
        /// Perhaps touched.
        Suspected = "suspected",
        /// Looked at, and nothing is wrong with it.
        Sound = "sound",
    }
}
word! {
    /// What a delivery is carried by.
    Carrier {
        /// SMTP.
        Mail = "mail",
        /// A signed HTTP call.
        Webhook = "webhook",
    }
}
word! {
    /// How far a delivery is.
    DeliveryState {
        /// To be tried.
        Waiting = "waiting",
        /// Taken by the other side.
        Done = "done",
        /// Given up after the last try.
        Failed = "failed",
    }
}
