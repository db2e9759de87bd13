//! Who may do what: one table.
//!
//! Invariant: deny by default. A permission is held through a role on a site or on all sites, and a token
//! holds no more than its scopes and its owner's roles together.

use store::entity::Role;

/// What an address asks of who comes to it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Permission {
    /// Nothing: the log-in page, health, the API's description.
    Nobody,
    /// To be signed in: one's own account.
    Own,
    /// A ward's own door, or to read.
    Ward,
    /// To read the hospital and its incidents.
    Read,
    /// To add notes, tasks, ward reports, and to declare.
    Write,
    /// To act: cuts, evidence, marks, restoration.
    Act,
    /// To lead: roles, decisions, the incident's facts and end.
    Lead,
    /// To speak for the hospital: notices and messages.
    Tell,
    /// To keep people, map and settings.
    Keep,
    /// To read the audit.
    Inspect,
    /// To send events.
    Intake,
}

impl Permission {
    /// Every one.
    pub const ALL: &'static [Permission] = &[
        Permission::Nobody,
        Permission::Own,
        Permission::Ward,
        Permission::Read,
        Permission::Write,
        Permission::Act,
        Permission::Lead,
        Permission::Tell,
        Permission::Keep,
        Permission::Inspect,
        Permission::Intake,
    ];

    /// The scope that a token needs for it.
    #[must_use]
    pub fn scope(self) -> &'static str {
        match self {
            Permission::Nobody | Permission::Own | Permission::Ward | Permission::Read => "read",
            Permission::Write | Permission::Act | Permission::Lead | Permission::Tell => "write",
            Permission::Keep | Permission::Inspect => "admin",
            Permission::Intake => "intake",
        }
    }
}

/// Whether a role holds a permission.
#[must_use]
pub fn holds(role: Role, permission: Permission) -> bool {
    use Permission::{Act, Inspect, Intake, Keep, Lead, Nobody, Own, Read, Tell, Ward, Write};
    let more: &[Permission] = match role {
        Role::Viewer => &[],
        Role::Contributor => &[Write],
        Role::Responder => &[Write, Act, Intake],
        Role::IncidentCommander => &[Write, Act, Lead, Tell, Intake],
        Role::Director => &[Write, Lead, Tell],
        Role::SiteAdministrator => &[Write, Keep, Inspect, Intake],
        Role::Auditor => &[Inspect],
    };
    matches!(permission, Nobody | Own | Ward | Read) || more.contains(&permission)
}

/// Whether scopes of a token let a permission through; `admin` includes `read` and `write`.
#[must_use]
pub fn lets(scopes: &[String], permission: Permission) -> bool {
    let has = |scope: &str| scopes.iter().any(|it| it == scope);
    match permission.scope() {
        "read" => has("read") || has("write") || has("admin"),
        "write" => has("write") || has("admin"),
        scope => has(scope),
    }
}
