//! What the demonstration writes, read again by others.

mod reread;
