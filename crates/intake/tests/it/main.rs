//! What the intake promises: the spool under every fault that a disk or a crash can bring, and each way in.

mod certificates;
mod crash;
mod damage;
mod fake;
mod follow;
mod forward;
mod identity;
mod kill;
mod lines;
mod model;
mod requests;
mod support;
