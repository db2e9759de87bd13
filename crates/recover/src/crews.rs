//! Which team does which step, and who takes over at a change of shift.
//!
//! Invariant: at every instant each running step has its people, all on duty, and no team gives more
//! than it has; people change only when theirs go off duty.

use hospital::Map;
use jiff::Timestamp;

use crate::hours::{Duty, duties};
use crate::measure::instant;
use crate::project::Project;
use crate::resources::Kind;
use crate::schedule::Schedule;

/// People of one team on one step for a while.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Crew {
    /// Place of the team in [`Map::teams`].
    pub team: usize,
    /// How many.
    pub people: u32,
    /// From when.
    pub start: Timestamp,
    /// Until when: the end of the step, or of their shift.
    pub end: Timestamp,
}

/// The crews of each job that is placed, in order of time, then of team.
pub(crate) fn crews(map: &Map, project: &Project, schedule: &Schedule) -> Vec<Vec<Crew>> {
    let mut crews = vec![Vec::new(); project.jobs.len()];
    for (resource, entry) in project.resources.iter().enumerate() {
        let Kind::Skill(skill) = &entry.kind else { continue };
        let teams = map.teams.iter().enumerate().filter(|(_, team)| team.skill == *skill);
        let staff: Vec<Staff> = teams
            .map(|(team, row)| Staff {
                team,
                number: row.number,
                duties: duties(map, row, project.start),
                busy: 0,
            })
            .collect();
        Sweep { staff, running: Vec::new() }.run(&works(project, schedule, resource), &mut crews);
    }
    for job in &mut crews {
        job.sort_by_key(|crew: &Crew| (crew.start, crew.team));
    }
    crews
}

/// A job and the people of one skill that it takes.
struct Work {
    job: usize,
    start: i64,
    end: i64,
    people: u64,
}

fn works(project: &Project, schedule: &Schedule, resource: usize) -> Vec<Work> {
    let placed = (0..project.jobs.len()).filter(|&job| schedule.start[job] < schedule.end[job]);
    placed
        .filter_map(|job| {
            let part = project.jobs[job].uses.iter().find(|part| part.resource == resource)?;
            Some(Work { job, start: schedule.start[job], end: schedule.end[job], people: part.amount })
        })
        .collect()
}

/// A team of the skill.
struct Staff {
    team: usize,
    number: u32,
    duties: Vec<Duty>,
    busy: u32,
}

impl Staff {
    /// When the duty that covers `time` ends.
    fn until(&self, time: i64) -> Option<i64> {
        let next = self.duties.partition_point(|duty| duty.until <= time);
        self.duties.get(next).filter(|duty| duty.from <= time).map(|duty| duty.until)
    }
}

/// People of one team on one step, not yet let go.
struct Running {
    job: usize,
    /// Place in the staff of the skill.
    place: usize,
    people: u32,
    since: i64,
}

/// A walk along time over the steps that take one skill.
struct Sweep {
    staff: Vec<Staff>,
    running: Vec<Running>,
}

impl Sweep {
    fn run(mut self, works: &[Work], crews: &mut [Vec<Crew>]) {
        for time in self.instants(works) {
            self.release(time, works, crews);
            let (going_on, starting): (Vec<&Work>, Vec<&Work>) = works
                .iter()
                .filter(|work| work.start <= time && time < work.end)
                .partition(|work| work.start < time);
            for work in going_on.into_iter().chain(starting) {
                self.man(time, work);
            }
        }
    }

    /// The starts and ends of steps, and the changes of shift while they run.
    fn instants(&self, works: &[Work]) -> Vec<i64> {
        let mut instants: Vec<i64> = works.iter().flat_map(|work| [work.start, work.end]).collect();
        let last = instants.iter().copied().max().unwrap_or(i64::MIN);
        let duties = self.staff.iter().flat_map(|staff| &staff.duties);
        instants.extend(duties.map(|duty| duty.until).filter(|until| *until <= last));
        instants.sort_unstable();
        instants.dedup();
        instants
    }

    /// Lets go of those whose step or shift ends.
    fn release(&mut self, time: i64, works: &[Work], crews: &mut [Vec<Crew>]) {
        let staff = &mut self.staff;
        self.running.retain(|row| {
            let over = works.iter().any(|work| work.job == row.job && work.end <= time);
            let staff = &mut staff[row.place];
            if !over && staff.until(time).is_some() {
                return true;
            }
            staff.busy -= row.people;
            if let Some((start, end)) = instant(row.since).zip(instant(time)) {
                crews[row.job].push(Crew { team: staff.team, people: row.people, start, end });
            }
            false
        });
    }

    /// Gives a step the people it lacks, from those who stay longest.
    fn man(&mut self, time: i64, work: &Work) {
        let has = self.running.iter().filter(|row| row.job == work.job).map(|row| u64::from(row.people));
        let mut lacks = work.people.saturating_sub(has.sum());
        let mut free: Vec<(i64, usize)> = self
            .staff
            .iter()
            .enumerate()
            .filter(|(_, staff)| staff.busy < staff.number)
            .filter_map(|(place, staff)| Some((staff.until(time)?, place)))
            .collect();
        free.sort_by_key(|&(until, place)| (std::cmp::Reverse(until), place));
        for (_, place) in free {
            if lacks == 0 {
                break;
            }
            let staff = &mut self.staff[place];
            let people = u32::try_from(lacks).unwrap_or(u32::MAX).min(staff.number - staff.busy);
            staff.busy += people;
            lacks -= u64::from(people);
            self.running.push(Running { job: work.job, place, people, since: time });
        }
    }
}
