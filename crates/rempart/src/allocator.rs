//! The allocator: events are many small texts that live shortly on several threads, and the system's was a tenth and more
//! of judging them.
//!
//! As it comes, it asks for huge pages and keeps what is freed for a second, which is twice the memory for a tenth less of
//! processor (figures in `docs/performance.md`). A hospital's laptop has other uses for that memory: it is built without
//! huge pages (the feature `no_thp`), and gives back what was freed after [`KEPT`].
//!
//! Proof of what is `unsafe` here: `mi_option_set` and `mi_option_get` are functions of C that the crate declares, so the
//! compiler cannot see them. They take numbers alone, keep them in a table of their own with room for every number up to
//! `_mi_option_last`, refuse others, and are allowed at any time (mimalloc's manual, "Runtime Options"). A wrong number
//! would set another option, never touch memory: a test holds it to the value that this option alone has from the start.
#![allow(unsafe_code, reason = "see the proof above")]

use std::ffi::{c_int, c_long};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The place of `mi_option_purge_delay` in `enum mi_option_e`, which the crate does not name.
const PURGE_DELAY: c_int = 15;
/// Milliseconds.
const KEPT: c_long = 200;

/// To be called once, at the start.
pub(crate) fn frugal() {
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, KEPT) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_is_the_one_that_is_meant() {
        let value = || unsafe { libmimalloc_sys::mi_option_get(PURGE_DELAY) };
        assert_eq!(value(), 1_000);
        frugal();
        assert_eq!(value(), KEPT);
    }
}
