//! The rooms: one file a screen, with the part of the API that it calls.
//!
//! Invariant: a room reads through [`crate::ask::Ask`] and writes through a change; it names no other room.

pub(crate) mod cut;
pub(crate) mod declare;
pub(crate) mod demonstration;
pub(crate) mod duty;
pub(crate) mod health;
pub(crate) mod hospital;
pub(crate) mod lists;
pub(crate) mod map;
pub(crate) mod me;
pub(crate) mod night;
pub(crate) mod restoration;
pub(crate) mod sign_in;
pub(crate) mod situation;
pub(crate) mod ward_door;
pub(crate) mod wards;

use crate::route::Route;

/// Addresses of all rooms.
pub(crate) fn routes() -> Vec<Route> {
    [
        cut::routes(),
        declare::routes(),
        duty::routes(),
        health::routes(),
        hospital::routes(),
        lists::routes(),
        map::routes(),
        me::routes(),
        night::routes(),
        restoration::routes(),
        sign_in::routes(),
        situation::routes(),
        ward_door::routes(),
        wards::routes(),
    ]
    .concat()
}
