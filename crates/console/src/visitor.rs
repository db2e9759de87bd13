//! Who comes to an address: a person with a session, a program with a token, a ward with its code.
//!
//! Invariant: what a visitor may do follows from roles, sites and scopes alone.

use store::entity::{Account, Role, Session};
use store::{Actor, ActorKind};

use crate::permit::{Permission, holds, lets};

/// Who comes.
#[derive(Clone, Debug)]
pub enum Who {
    /// Nobody known.
    Stranger,
    /// A person.
    Person {
        /// The account.
        account: Box<Account>,
        /// The session.
        session: Box<Session>,
    },
    /// A program.
    Token {
        /// Its owner's account.
        account: Box<Account>,
        /// What it may do.
        scopes: Vec<String>,
    },
    /// A ward.
    Ward {
        /// The care service that it opens.
        service: String,
        /// The name that the person gave.
        name: String,
    },
}

/// Who comes, from where, with what roles.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Who.
    pub who: Who,
    /// Address.
    pub address: String,
    /// Roles, each on a site or on all.
    pub grants: Vec<(Role, Option<String>)>,
}

impl Visitor {
    /// Nobody known.
    #[must_use]
    pub fn stranger(address: String) -> Visitor {
        Visitor { who: Who::Stranger, address, grants: Vec::new() }
    }

    /// Whether the permission is held on a site; on any site, without one.
    #[must_use]
    pub fn may(&self, permission: Permission, site: Option<&str>) -> bool {
        if permission == Permission::Nobody {
            return true;
        }
        match &self.who {
            Who::Stranger => false,
            Who::Ward { .. } => permission == Permission::Ward,
            Who::Person { session, .. } => {
                // Who must still give a second factor is as good as a stranger.
                session.second && self.granted(permission, site)
            }
            Who::Token { scopes, .. } => lets(scopes, permission) && self.granted(permission, site),
        }
    }

    /// Whether the permission is held on every site.
    #[must_use]
    pub fn may_everywhere(&self, permission: Permission) -> bool {
        self.may(permission, None)
            && self.grants.iter().any(|(role, site)| site.is_none() && holds(*role, permission))
    }

    fn granted(&self, permission: Permission, site: Option<&str>) -> bool {
        if permission == Permission::Own {
            return true;
        }
        self.grants.iter().any(|(role, of)| {
            holds(*role, permission) && (of.is_none() || site.is_none() || of.as_deref() == site)
        })
    }

    /// The account, where there is one.
    #[must_use]
    pub fn account(&self) -> Option<&Account> {
        match &self.who {
            Who::Person { account, .. } | Who::Token { account, .. } => Some(account),
            Who::Stranger | Who::Ward { .. } => None,
        }
    }

    /// The session, where there is one.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        match &self.who {
            Who::Person { session, .. } => Some(session),
            _ => None,
        }
    }

    /// The name under which it acts.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.who {
            Who::Stranger => "stranger",
            Who::Person { account, .. } | Who::Token { account, .. } => &account.shown,
            Who::Ward { name, .. } => name,
        }
    }

    /// Who it is, for the audit.
    #[must_use]
    pub fn actor(&self) -> Actor {
        let kind = match &self.who {
            Who::Stranger | Who::Person { .. } => ActorKind::Person,
            Who::Token { .. } => ActorKind::Token,
            Who::Ward { .. } => ActorKind::Ward,
        };
        let name = match self.account() {
            Some(account) => account.name.clone(),
            None => self.name().to_owned(),
        };
        Actor { name, kind, address: self.address.clone() }
    }
}
