//! What the demonstration writes, read again by others.

mod group;
mod nights;
mod reread;
