//! The demonstration hospital group and its nights, made by code from a seed.

pub mod evtx;
