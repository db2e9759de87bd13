//! The plan: what is asked, and what comes out.

use std::collections::BTreeMap;

use hospital::{Closures, Effect, Loss, Map, NodeId, StepId, Wiring, impact};
use jiff::Timestamp;

use crate::backups::RestorePoint;
use crate::bound::{bound, chains, earliest, monotone};
use crate::crews::{Crew, crews};
use crate::extract::extract;
use crate::hours::{NEVER, ceil_second};
use crate::marks::{Mark, Marks};
use crate::measure::{Measure, instant};
use crate::order::aims;
use crate::project::{Job, Lost, Project, Unknown, project};
use crate::resources::Bookings;
use crate::returns::{ALWAYS, Returns, Web};
use crate::schedule::{Schedule, generate};
use crate::search::search;
use crate::why::{Why, back, reasons};

/// A number of schedules to look at that takes about a second for some forty lost servers.
pub const EVALUATIONS: u32 = 4_000;

/// What a plan is made for.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The hospital.
    pub map: &'a Map,
    /// No step starts earlier.
    pub now: Timestamp,
    /// The horizon: harm without a planned end is counted up to here.
    pub end: Timestamp,
    /// What is lost.
    pub losses: &'a [Loss],
    /// The first compromise of any asset; the first loss where absent.
    pub compromise: Option<Timestamp>,
    /// Compromised assets that still run: listed as not planned.
    pub running: &'a [NodeId],
    /// What people say of steps; of several that name a step the last one counts.
    pub marks: &'a [Mark],
    /// How many schedules the search may look at.
    pub evaluations: u32,
    /// Where the search starts its random numbers.
    pub seed: u64,
}

/// A feasible restoration, and how good it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    /// The steps that are left, by start, then by id of their node and place.
    pub steps: Vec<PlannedStep>,
    /// The lost nodes, by id: initial losses, and applications with a `restore` that these stop.
    pub returns: Vec<Return>,
    /// The care services that the losses touch, by id.
    pub services: Vec<ServiceReturn>,
    /// Care lost, in tenths of weighted care-seconds, past harm included; what has no known return up to
    /// the horizon.
    pub care_lost: i64,
    /// No plan loses less care than this, in tenths of weighted care-seconds.
    pub bound: i64,
    /// Care lost by the plain rule "heaviest service first", in tenths of weighted care-seconds.
    pub heaviest_first: i64,
    /// When the last step ends; `None` where there is none.
    pub finish: Option<Timestamp>,
    /// Compromised assets that still run, by id.
    pub not_planned: Vec<NodeId>,
}

/// A step with its place in time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PlannedStep {
    /// Which.
    pub step: StepId,
    /// Who does it, in order of time; a step of no people has none.
    pub crews: Vec<Crew>,
    /// Its first second.
    pub start: Timestamp,
    /// The second after its last.
    pub end: Timestamp,
    /// Why then.
    pub why: Why,
}

impl PlannedStep {
    /// The teams that cover it, as places in [`Map::teams`], each once, in order of time.
    #[must_use]
    pub fn teams(&self) -> Vec<usize> {
        let mut teams = Vec::new();
        for crew in &self.crews {
            if !teams.contains(&crew.team) {
                teams.push(crew.team);
            }
        }
        teams
    }
}

/// The return of a lost node.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Return {
    /// Which.
    pub node: NodeId,
    /// Since when it is lost.
    pub lost_at: Timestamp,
    /// Whether it was stopped or only degraded.
    pub how: Effect,
    /// When it stands; `None`: unknown, or it never stopped.
    pub stands: Option<Timestamp>,
    /// When it is whole; `None`: unknown.
    pub whole: Option<Timestamp>,
    /// From what it is restored.
    pub point: RestorePoint,
    /// Why its return is unknown, where it is.
    pub unknown: Option<Unknown>,
}

/// The return of a care service.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ServiceReturn {
    /// Which.
    pub node: NodeId,
    /// When it stands (for one that is only degraded: when it is whole); `None`: unknown.
    pub back_at: Option<Timestamp>,
    /// When it is whole; `None`: unknown.
    pub whole_at: Option<Timestamp>,
    /// [`ServiceReturn::back_at`] if all steps take their least time, in the same order.
    pub soonest: Option<Timestamp>,
    /// The same if all take their longest; `None`: then its return is unknown.
    pub latest: Option<Timestamp>,
}

/// Plans the restoration.
#[must_use]
pub fn plan(question: &Question) -> Plan {
    let Question { map, now, end, .. } = *question;
    let closures = Closures::of(map, now);
    let stops = impact(map, question.losses, &closures);
    let lost = lost_nodes(map, question.losses, &closures, |node| stops.stops_at(node));
    let first_loss = lost.iter().map(|lost| lost.1).min().unwrap_or(now);
    let mut nodes: Vec<NodeId> = lost.iter().map(|lost| lost.0).collect();
    nodes.dedup();
    let marks = Marks::of(map, &nodes, question.marks, ceil_second(now));
    let project = project(map, now, &lost, question.compromise.unwrap_or(first_loss), &marks);
    let web = Web::new(map, &nodes);
    let extract = extract(map, &web);
    let wiring = Wiring::new(&extract);
    let measure = Measure::new(&extract, now, end, &project, &web, &wiring);
    let chains = chains(&project);
    let soonest = earliest(&measure, &chains);
    let aims = aims(map, &measure, &soonest, |node| stops.stops_at(node).map(Timestamp::as_second));
    let found = search(&measure, &chains, &aims, question.evaluations, question.seed);
    let returns = measure.returns(&found.schedule.end);
    let soon = lasting(&measure, &found.schedule, |job| job.spread[0]);
    let late = lasting(&measure, &found.schedule, |job| job.spread[1]);
    let whys = reasons(&measure, &aims, &found.schedule, &returns);
    let smooth = monotone(&extract).map(|map| Wiring::new(&map));
    let below = Measure::new(&extract, now, end, &project, &web, smooth.as_ref().unwrap_or(&wiring));
    let mut ranked: Vec<usize> = aims.iter().filter_map(|aim| web.place(aim.service)).collect();
    ranked.sort_by_key(|&place| back(&returns, place));
    let mut not_planned = question.running.to_vec();
    not_planned.sort_unstable();
    not_planned.dedup();
    not_planned.retain(|node| nodes.binary_search(node).is_err());
    Plan {
        steps: steps(map, &project, &found.schedule, whys),
        returns: lost_returns(&project, &web, &returns, &found.schedule),
        services: aims
            .iter()
            .filter_map(|aim| service(&web, [&returns, &soon, &late], aim.service))
            .collect(),
        care_lost: found.score.care_lost,
        bound: bound(map, &below, &chains, &soonest, &ranked),
        heaviest_first: found.heaviest_first,
        finish: instant(found.schedule.finish(NEVER)),
        not_planned,
    }
}

/// What is lost, by node, a degradation before a stop: the losses, each at its earliest, and the
/// applications with a `restore` that they stop.
fn lost_nodes(
    map: &Map,
    losses: &[Loss],
    closures: &Closures,
    stops_at: impl Fn(NodeId) -> Option<Timestamp>,
) -> Vec<(NodeId, Timestamp, Effect)> {
    let mut lost: BTreeMap<(NodeId, std::cmp::Reverse<Effect>), Timestamp> = BTreeMap::new();
    for loss in losses {
        let at = lost.entry((loss.node, std::cmp::Reverse(loss.how))).or_insert(loss.at);
        *at = loss.at.min(*at);
    }
    let anyway = impact(map, &[], closures);
    for (node, row) in map.all() {
        let application = matches!(row.kind, hospital::Kind::Application(_));
        let sooner = |at: &Timestamp| anyway.stops_at(node).is_none_or(|anyway| *at < anyway);
        if let Some(at) = stops_at(node).filter(|_| application && row.restore.is_some()).filter(sooner) {
            lost.entry((node, std::cmp::Reverse(Effect::Stops))).or_insert(at);
        }
    }
    lost.into_iter().map(|((node, how), at)| (node, at, how.0)).collect()
}

fn steps(map: &Map, project: &Project, schedule: &Schedule, whys: Vec<Why>) -> Vec<PlannedStep> {
    let crews = crews(map, project, schedule);
    let rows = project.jobs.iter().zip(crews).zip(whys).enumerate();
    let mut steps: Vec<PlannedStep> = rows
        .filter_map(|(job, ((row, crews), why))| {
            let (start, end) = (instant(schedule.start[job])?, instant(schedule.end[job])?);
            Some(PlannedStep { step: row.id, crews, start, end, why })
        })
        .collect();
    steps.sort_by_key(|step| (step.start, step.step));
    steps
}

fn lost_returns(project: &Project, web: &Web, returns: &Returns, schedule: &Schedule) -> Vec<Return> {
    let one = |lost: &Lost| {
        let place = web.place(lost.node)?;
        let late = lost.jobs.iter().find(|&&job| schedule.end[job] == NEVER);
        let late = late.map(|&job| Unknown::NoTime(project.jobs[job].id));
        let never = (returns.whole[place] == NEVER).then_some(Unknown::Provider);
        Some(Return {
            node: lost.node,
            lost_at: lost.at,
            how: lost.how,
            stands: instant(returns.stands[place]),
            whole: instant(returns.whole[place]),
            point: lost.point,
            unknown: lost.unknown.clone().or(late).or(never),
        })
    };
    project.lost.iter().filter_map(one).collect()
}

/// The returns if steps last otherwise, begun in the order of a schedule.
fn lasting(measure: &Measure, schedule: &Schedule, duration: impl Fn(&Job) -> i64) -> Returns {
    let project = measure.project.lasting(duration);
    let mut order: Vec<usize> = (0..project.jobs.len()).collect();
    order.sort_by_key(|&job| (schedule.start[job], job));
    let mut other = Schedule::default();
    generate(&project, &order, &mut Bookings::new(project.resources.len()), &mut other);
    measure.returns(&other.end)
}

fn service(web: &Web, [returns, soon, late]: [&Returns; 3], node: NodeId) -> Option<ServiceReturn> {
    let place = web.place(node)?;
    let touched = returns.whole[place] > ALWAYS;
    let at = back(returns, place);
    touched.then(|| ServiceReturn {
        node,
        back_at: instant(at),
        whole_at: instant(returns.whole[place]),
        // Shorter steps in the same order may by chance end later, and longer ones earlier.
        soonest: instant(back(soon, place).min(at)),
        latest: instant(back(late, place).max(at)),
    })
}
