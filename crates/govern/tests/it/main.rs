//! The content that ships, and the clocks it gives.

mod clocks;
mod content_files;
mod deadlines;
