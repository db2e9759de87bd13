//! What the demonstration writes, read again by others.

#![allow(clippy::unwrap_used)]

mod nights;
mod reread;
