//! What steps take while they run: people by skill, bandwidth of stores, clean-room places.
//!
//! Invariant: a booking is only made where it fits, so at every instant what running steps take of a
//! resource is at most what there is of it.

use hospital::{Map, StoreId};

use crate::hours::{Duty, NEVER, duties};

/// What a resource is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// People of one skill.
    Skill(String),
    /// Bytes a second of a store.
    Store(StoreId),
    /// Places in clean rooms, all together.
    Clean,
}

/// A resource and how much there is of it over time.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    pub(crate) kind: Kind,
    /// From each second on, so much; the first entry is the plan's start, the last holds for ever.
    pub(crate) capacity: Vec<(i64, u64)>,
}

/// So much of a resource.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Use {
    pub(crate) resource: usize,
    pub(crate) amount: u64,
}

/// What kept a step from starting earlier.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Block {
    pub(crate) resource: usize,
    /// Whether there would not be enough even if nothing else ran.
    pub(crate) absent: bool,
}

/// All resources of a map, from the second `start` on. Stores without a rate are no resource.
pub(crate) fn resources(map: &Map, start: i64) -> Vec<Resource> {
    let mut skills: Vec<&str> = map.teams.iter().map(|team| team.skill.as_str()).collect();
    skills.sort_unstable();
    skills.dedup();
    let people = skills.into_iter().map(|skill| {
        let teams = map.teams.iter().filter(|team| team.skill == skill);
        let shifts = teams.flat_map(|team| {
            duties(map, team, start).into_iter().map(move |duty| (duty, u64::from(team.number)))
        });
        Resource { kind: Kind::Skill(skill.to_owned()), capacity: profile(start, shifts) }
    });
    let rates = map.stores.iter().enumerate().filter_map(|(place, store)| {
        let capacity = vec![(start, store.rate?)];
        Some(Resource { kind: Kind::Store(StoreId(place as u32)), capacity })
    });
    let places = map.clean_rooms.iter().map(|room| u64::from(room.places)).sum();
    let clean = Resource { kind: Kind::Clean, capacity: vec![(start, places)] };
    people.chain(rates).chain([clean]).collect()
}

/// The sum of shifts as a step function.
fn profile(start: i64, shifts: impl Iterator<Item = (Duty, u64)>) -> Vec<(i64, u64)> {
    let mut changes: Vec<(i64, i128)> = vec![(start, 0)];
    for (duty, number) in shifts {
        changes.push((duty.from, i128::from(number)));
        changes.push((duty.until, -i128::from(number)));
    }
    changes.sort_unstable();
    let mut capacity: Vec<(i64, u64)> = Vec::new();
    let mut level: i128 = 0;
    for group in changes.chunk_by(|a, b| a.0 == b.0) {
        level += group.iter().map(|change| change.1).sum::<i128>();
        let now = u64::try_from(level).unwrap_or(0);
        if capacity.last().is_none_or(|last| last.1 != now) && group[0].0 < NEVER {
            capacity.push((group[0].0, now));
        }
    }
    capacity
}

/// What is taken of each resource over time.
#[derive(Clone, Debug)]
pub(crate) struct Bookings {
    /// For each resource: from each second on, so much is taken; before the first entry nothing.
    taken: Vec<Vec<(i64, u64)>>,
}

impl Bookings {
    pub(crate) fn new(resources: usize) -> Self {
        Self { taken: vec![Vec::new(); resources] }
    }

    pub(crate) fn clear(&mut self) {
        self.taken.iter_mut().for_each(Vec::clear);
    }

    /// The first second from `from` on at which all of `uses` is free for `duration` seconds, and the
    /// last thing that stood in the way; `None` where there is no such second.
    pub(crate) fn earliest(
        &self,
        resources: &[Resource],
        from: i64,
        duration: i64,
        uses: &[Use],
    ) -> Option<(i64, Option<Block>)> {
        let mut start = from;
        let mut block = None;
        if duration == 0 {
            return Some((start, block));
        }
        loop {
            let before = start;
            for &Use { resource, amount } in uses {
                let end = start.checked_add(duration)?;
                let capacity = &resources[resource].capacity;
                if let Some((free, absent)) = shortage(capacity, &self.taken[resource], start, end, amount) {
                    start = free?;
                    block = Some(Block { resource, absent });
                }
            }
            if start == before {
                return Some((start, block));
            }
        }
    }

    /// Takes `uses` from `start` for `duration` seconds.
    pub(crate) fn take(&mut self, start: i64, duration: i64, uses: &[Use]) {
        if duration == 0 {
            return;
        }
        for &Use { resource, amount } in uses {
            let taken = &mut self.taken[resource];
            let first = cut(taken, start);
            let last = cut(taken, start + duration);
            for entry in &mut taken[first..last] {
                entry.1 += amount;
            }
        }
    }
}

/// Makes sure that an entry starts at `time`; its place.
fn cut(taken: &mut Vec<(i64, u64)>, time: i64) -> usize {
    let place = taken.partition_point(|entry| entry.0 < time);
    if taken.get(place).is_none_or(|entry| entry.0 != time) {
        let level = if place == 0 { 0 } else { taken[place - 1].1 };
        taken.insert(place, (time, level));
    }
    place
}

/// The last stretch within [start, end) that lacks `amount`: the second at which it ends (`None`: never)
/// and whether it lacks it whatever is taken. `None` where nothing lacks.
fn shortage(
    capacity: &[(i64, u64)],
    taken: &[(i64, u64)],
    start: i64,
    end: i64,
    amount: u64,
) -> Option<(Option<i64>, bool)> {
    let mut c = capacity.partition_point(|entry| entry.0 <= start);
    let mut t = taken.partition_point(|entry| entry.0 <= start);
    let mut time = start;
    let mut found = None;
    loop {
        let there = if c == 0 { 0 } else { capacity[c - 1].1 };
        let gone = if t == 0 { 0 } else { taken[t - 1].1 };
        let next = capacity.get(c).map_or(NEVER, |entry| entry.0);
        let next = taken.get(t).map_or(NEVER, |entry| entry.0).min(next);
        if there < amount.saturating_add(gone) {
            found = Some(((next < NEVER).then_some(next), there < amount));
        }
        time = time.max(next);
        if time >= end {
            return found;
        }
        c += usize::from(capacity.get(c).is_some_and(|entry| entry.0 == next));
        t += usize::from(taken.get(t).is_some_and(|entry| entry.0 == next));
    }
}
