//! The rooms: one file a screen, with the part of the API that it calls.
//!
//! Invariant: a room reads through [`crate::ask::Ask`] and writes through a change; it names no other room.

pub(crate) mod audit;
pub(crate) mod calm;
pub(crate) mod clocks;
pub(crate) mod cut;
pub(crate) mod declare;
pub(crate) mod demonstration;
pub(crate) mod directory;
pub(crate) mod duty;
pub(crate) mod evidence;
pub(crate) mod factors;
pub(crate) mod handover;
pub(crate) mod health;
pub(crate) mod hospital;
pub(crate) mod intake;
pub(crate) mod lists;
pub(crate) mod log;
pub(crate) mod map;
pub(crate) mod me;
pub(crate) mod messages;
pub(crate) mod night;
pub(crate) mod noise;
pub(crate) mod people;
pub(crate) mod photo;
pub(crate) mod restoration;
pub(crate) mod search;
pub(crate) mod settings;
pub(crate) mod sightings;
pub(crate) mod sign_in;
pub(crate) mod situation;
pub(crate) mod tasks;
pub(crate) mod timeline;
pub(crate) mod ward_door;
pub(crate) mod wards;

use crate::route::Route;

/// Addresses of all rooms.
pub(crate) fn routes() -> Vec<Route> {
    [
        audit::routes(),
        calm::routes(),
        clocks::routes(),
        cut::routes(),
        declare::routes(),
        directory::routes(),
        duty::routes(),
        evidence::routes(),
        factors::routes(),
        handover::routes(),
        health::routes(),
        hospital::routes(),
        intake::routes(),
        lists::routes(),
        log::routes(),
        map::routes(),
        me::routes(),
        messages::routes(),
        night::routes(),
        noise::routes(),
        people::routes(),
        photo::routes(),
        restoration::routes(),
        search::routes(),
        settings::routes(),
        sightings::routes(),
        sign_in::routes(),
        situation::routes(),
        tasks::routes(),
        timeline::routes(),
        ward_door::routes(),
        wards::routes(),
    ]
    .concat()
}
