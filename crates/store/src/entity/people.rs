//! People and how they come in.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Carrier, DeliveryState, FactorKind, LinkKind, Origin, Record, Role, record};
use crate::value::{Instant, Json, List};

record! {
    /// An account.
    "account" account => Account, none, secret [password] {
        /// What a person types to come in; lower case, unique.
        name: String,
        /// How the person is shown: a role, a badge.
        shown: String,
        /// Where it comes from.
        origin: Origin,
        /// The identity provider's own name for the person.
        subject: Option<String>,
        /// argon2id, in PHC form.
        #[schema(ignore)]
        password: Option<String>,
        /// For assignments and deadlines.
        mail: Option<String>,
        /// `fr` or `en`; the browser's, where absent.
        lang: Option<String>,
        /// Whether it may come in.
        active: bool,
        /// When it was made.
        created_at: Instant,
    }
}
record! {
    /// A role of an account, on one site or on all.
    "grant" grant => Grant, none, secret [] {
        /// Whose.
        account: String,
        /// Which.
        role: Role,
        /// The site; all, where absent.
        site: Option<String>,
    }
}
record! {
    /// A second factor.
    "factor" factor => Factor, none, secret [secret] {
        /// Whose.
        account: String,
        /// What it is.
        kind: FactorKind,
        /// What the person calls it.
        label: String,
        /// Sealed under the key file, or the hash of a recovery code.
        #[schema(ignore)]
        secret: String,
        /// Whether it was proved once.
        confirmed: bool,
        /// The last time step taken, so that a code is taken once.
        last_step: Option<i64>,
        /// When it was used last; a recovery code is used once.
        used_at: Option<Instant>,
        /// When it was made.
        created_at: Instant,
    }
}
record! {
    /// A session of a browser.
    "session" session => Session, none, secret [hash] {
        /// SHA-256 of the cookie's secret.
        #[schema(ignore)]
        hash: String,
        /// Whose.
        account: String,
        /// How the person came in.
        origin: Origin,
        /// Whether the second factor was given.
        second: bool,
        /// When it began.
        created_at: Instant,
        /// When it was last used; idle sessions end.
        seen_at: Instant,
        /// When it ends in any case.
        until: Instant,
        /// Address that it came from.
        address: String,
        /// The browser's name for itself.
        agent: String,
        /// Role whose eyes the demonstration looks through.
        seen_as: Option<Role>,
    }
}
record! {
    /// A one-time link.
    "link" link => Link, none, secret [hash] {
        /// SHA-256 of its secret.
        #[schema(ignore)]
        hash: String,
        /// What for.
        kind: LinkKind,
        /// Whose; none for the first administrator.
        account: Option<String>,
        /// When it ends.
        until: Instant,
        /// When it was used.
        used_at: Option<Instant>,
    }
}
record! {
    /// An API token.
    "token" token => Token, none, secret [hash] {
        /// SHA-256 of its secret.
        #[schema(ignore)]
        hash: String,
        /// Whose.
        account: String,
        /// What it is for.
        label: String,
        /// `read`, `write`, `intake`, `admin`.
        scopes: List,
        /// Hosts that it may speak for; any, where empty.
        hosts: List,
        /// When it ends.
        until: Instant,
        /// When it was made.
        created_at: Instant,
    }
}
record! {
    /// Where events of Rempart are sent: a signed HTTP call.
    "webhook" webhook => Webhook, none, secret [secret] {
        /// Address.
        url: String,
        /// Key of the signature, sealed.
        #[schema(ignore)]
        secret: String,
        /// Kinds of record told; all, where empty.
        kinds: List,
        /// Whether the address may be a private one.
        private: bool,
        /// Whether more than a link is sent.
        detail: bool,
        /// Whether it is on.
        active: bool,
    }
}
record! {
    /// Something to carry out of Rempart, tried until taken.
    "delivery" delivery => Delivery, none, secret [] {
        /// By what.
        carrier: Carrier,
        /// Mail address, or id of the webhook.
        target: String,
        /// What is sent.
        body: Json,
        /// How far.
        state: DeliveryState,
        /// How often it was tried.
        tries: i32,
        /// When it is tried next.
        next_at: Instant,
        /// Why it was not taken.
        error: Option<String>,
        /// When it was asked.
        created_at: Instant,
    }
}
