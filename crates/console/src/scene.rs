//! What every screen of an incident shows from: the incident, its clock, the map, the latest assessment.
//!
//! Invariant: one scene, one instant: all of a page speaks of [`Scene::now`].

use std::sync::Arc;

use assess::{Assessment, Said};
use hospital::{Map, NodeId};
use jiff::Timestamp;
use report::Names;
use store::entity::{
    Cut, Decision, DecisionState, Duty, Incident, IncidentKind, IncidentState, Task, TaskState,
};

use crate::ask::Ask;
use crate::clock;
use crate::desk::Findings;
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::shelf::Sheet;

/// Titles of the demonstration's nights.
const NIGHTS: &[&str] = &["demo-ransomware", "demo-flood", "demo-insider", "demo-quiet"];

/// What people call an incident; a night of the demonstration in the reader's language.
#[must_use]
pub fn title(ask: &Ask, incident: &Incident) -> String {
    if incident.state == IncidentState::Watch {
        return ask.say("watch-title");
    }
    let words = [&ask.app.rooms.en, &ask.app.rooms.fr];
    let is_it = |key: &&&str| words.iter().any(|words| words.say(key) == incident.title);
    let night = NIGHTS.iter().find(is_it).filter(|_| incident.kind == IncidentKind::Demonstration);
    night.map_or_else(|| incident.title.clone(), |key| ask.say(key))
}

/// An incident at an instant.
pub struct Scene {
    /// The incident.
    pub incident: Incident,
    /// What its clock says.
    pub now: Timestamp,
    /// The map.
    pub sheet: Option<Sheet>,
    /// The latest assessment; none before the first.
    pub findings: Option<Arc<Findings>>,
    /// Who holds which role now.
    pub duties: Vec<Duty>,
    /// Numbers beside the rooms' names.
    pub counts: Counts,
    lang: assess::Lang,
}

/// Numbers beside the rooms' names.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Cuts made and not undone.
    pub cuts: usize,
    /// Tasks not done.
    pub tasks: usize,
    /// Decisions that wait.
    pub waiting: usize,
}

impl Ask {
    /// The scene of an incident.
    ///
    /// # Errors
    /// `missing` where there is none of that id.
    pub async fn scene(&self, id: &str) -> Result<Scene> {
        let store = &self.app.store;
        let incident = store.find::<Incident>(id).await?;
        let incident = incident.ok_or_else(|| Problem::missing(Said::new("refusal-no-incident")))?;
        let duties = store.of::<Duty>(id).await?.into_iter().filter(|duty| duty.until.is_none()).collect();
        let counts = Counts {
            cuts: store.of::<Cut>(id).await?.iter().filter(|cut| cut.undone_at.is_none()).count(),
            tasks: store.of::<Task>(id).await?.iter().filter(|it| it.is_open()).count(),
            waiting: store
                .of::<Decision>(id)
                .await?
                .iter()
                .filter(|it| it.state == DecisionState::Waiting)
                .count(),
        };
        Ok(Scene {
            now: clock::now(&incident, self.wall),
            sheet: self.app.shelf.latest(store).await?,
            findings: self.app.desk.findings(id),
            lang: self.words.lang(),
            incident,
            duties,
            counts,
        })
    }

    /// The incident to show where none is named: the open one declared last.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn open_incident(&self) -> Result<Option<Incident>> {
        self.latest(IncidentState::Open).await
    }

    /// The standing watch, where something arrived while no incident was open.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn watch(&self) -> Result<Option<Incident>> {
        self.latest(IncidentState::Watch).await
    }

    async fn latest(&self, state: IncidentState) -> Result<Option<Incident>> {
        let all = self.app.store.all::<Incident>().await?;
        Ok(all.into_iter().rev().find(|it| it.state == state))
    }
}

/// Whether something is still to be done.
pub trait IsOpen {
    /// Whether it is.
    fn is_open(&self) -> bool;
}

impl IsOpen for Task {
    fn is_open(&self) -> bool {
        !matches!(self.state, TaskState::Done | TaskState::Dropped)
    }
}

impl Scene {
    /// The assessment in the reader's language.
    #[must_use]
    pub fn assessment(&self) -> Option<&Assessment> {
        self.findings.as_ref().map(|it| it.of(self.lang))
    }

    /// Whether anything was read or seen.
    #[must_use]
    pub fn knows(&self) -> bool {
        let said = |it: &Assessment| it.evidence.events > 0 || !it.seen.is_empty() || !it.care.is_empty();
        self.assessment().is_some_and(said)
    }

    /// The map.
    #[must_use]
    pub fn map(&self) -> Option<&Map> {
        self.sheet.as_ref().map(|sheet| &*sheet.map)
    }

    /// The map, for what cannot be shown without one.
    ///
    /// # Errors
    /// `no-map`.
    pub fn need_map(&self) -> Result<&Map> {
        self.map().ok_or_else(|| Problem::conflict("no-map", Said::new("refusal-no-map")))
    }

    /// Names of what the map knows.
    #[must_use]
    pub fn names(&self) -> Names<'_> {
        Names(self.map())
    }

    /// What people call the incident.
    #[must_use]
    pub fn title(&self, ask: &Ask) -> String {
        title(ask, &self.incident)
    }

    /// Who holds a role of the crisis.
    #[must_use]
    pub fn on_duty(&self, role: &str) -> Option<&Duty> {
        self.duties.iter().rev().find(|duty| duty.role == role)
    }

    /// Address of one of its rooms.
    #[must_use]
    pub fn path(&self, room: &str) -> String {
        let id = &self.incident.id;
        if room.is_empty() { format!("/incidents/{id}") } else { format!("/incidents/{id}/{room}") }
    }

    /// Address of a part of its API.
    #[must_use]
    pub fn api(&self, part: &str) -> String {
        format!("/api/v1/incidents/{}/{part}", self.incident.id)
    }

    /// Refuses a write that the visitor may not do on the incident's site.
    ///
    /// # Errors
    /// `forbidden`, or `closed` where the incident is over.
    pub fn need(&self, ask: &Ask, permission: Permission) -> Result<()> {
        ask.need(permission, self.incident.site.as_deref())?;
        if permission == Permission::Lead
            && self.incident.site.is_none()
            && !ask.visitor.may_everywhere(permission)
        {
            return Err(Problem::forbidden(Said::new("refusal-whole-group")));
        }
        if self.incident.state == IncidentState::Closed {
            return Err(Problem::conflict("closed", Said::new("refusal-closed")));
        }
        Ok(())
    }
}

/// Id of the site of a care service.
#[must_use]
pub fn site_of(map: &Map, node: NodeId) -> Option<&str> {
    match &map.node(node).kind {
        hospital::Kind::CareService(care) => map.sites.get(care.site.index()).map(|site| site.id.as_str()),
        _ => None,
    }
}
