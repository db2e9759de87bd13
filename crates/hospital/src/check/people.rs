//! Teams, stores, clean rooms and contacts: with what and by whom care is brought back.

use jiff::tz::TimeZone;

use super::nodes::name;
use super::rolls::{Rolls, named};
use crate::desk::{Desk, quote};
use crate::map::{CleanRoom, Contact, Store, Team};
use crate::said::Said;

/// People of one team, places of one room.
const NUMBER_MAX: u64 = 100_000;

/// Every team, in file order.
pub(crate) fn teams(desk: &mut Desk, rolls: &Rolls, zone: &TimeZone) -> Vec<Team> {
    let mut teams = Vec::with_capacity(rolls.teams.len());
    for row in &rolls.teams {
        let record = &row.record;
        let team = Team {
            id: row.id.clone(),
            skill: desk.text(record, "skill").unwrap_or_default(),
            number: desk.whole(record, "number", 0, NUMBER_MAX).unwrap_or(1) as u32,
            from: desk.instant(record, "from", zone),
            until: desk.instant(record, "until", zone),
            daily: desk.hours(record, "daily"),
            on_call: desk.flag(record, "on_call").unwrap_or(false),
        };
        if team.skill.is_empty() {
            let message = Said::new("mistake-team-without-skill").with("id", quote(&row.id));
            let help = Said::new("mistake-team-without-skill-help");
            desk.remark(record.place, "team-without-skill", message, help);
        }
        if let (Some(from), Some(until)) = (team.from, team.until)
            && from >= until
        {
            let message = Said::new("mistake-team-leaves-first").with("id", quote(&row.id));
            desk.fatal(record.place, "bad-hours", message, Said::new("mistake-team-leaves-first-help"));
        }
        teams.push(team);
    }
    teams
}

/// Every store.
pub(crate) fn stores(desk: &mut Desk, rolls: &Rolls) -> Vec<Store> {
    let mut stores = Vec::with_capacity(rolls.stores.rows.len());
    for row in &rolls.stores.rows {
        let asset = named(desk, &row.record, "asset").and_then(|(id, at)| rolls.asset(desk, &id, at));
        stores.push(Store { id: row.id.clone(), asset, rate: desk.rate(&row.record, "rate") });
    }
    stores
}

/// Every clean room, in file order.
pub(crate) fn clean_rooms(desk: &mut Desk, rolls: &Rolls) -> Vec<CleanRoom> {
    let mut rooms = Vec::with_capacity(rolls.clean_rooms.len());
    for row in &rolls.clean_rooms {
        let places = desk.whole(&row.record, "places", 0, NUMBER_MAX).unwrap_or(1) as u32;
        rooms.push(CleanRoom { id: row.id.clone(), places });
    }
    rooms
}

/// Every contact, in file order.
pub(crate) fn contacts(desk: &mut Desk, rolls: &Rolls) -> Vec<Contact> {
    let known = super::rolls::Ids::new(&rolls.contacts);
    let mut contacts = Vec::with_capacity(rolls.contacts.len());
    for row in &rolls.contacts {
        let record = &row.record;
        let texts =
            |desk: &mut Desk, key| desk.texts(record, key).into_iter().map(|(text, _)| text).collect();
        let stands_in_for =
            named(desk, record, "for").and_then(|(id, at)| known.resolve(desk, id, at, "contact"));
        contacts.push(Contact {
            id: row.id.clone(),
            name: name(desk, row),
            role: desk.text(record, "role"),
            stands_in_for,
            channels: texts(desk, "channels"),
            survives: texts(desk, "survives"),
        });
    }
    contacts
}
