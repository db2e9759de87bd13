//! Ctrl-C: the first one asks to stop and keeps what was found, the second one leaves.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::exit::INTERRUPTED;

static ASKED: AtomicBool = AtomicBool::new(false);
static SET: OnceLock<()> = OnceLock::new();

/// Begins to listen, once; the flag is set by the first Ctrl-C.
pub(crate) fn flag() -> &'static AtomicBool {
    SET.get_or_init(|| {
        let set = ctrlc::set_handler(|| {
            if ASKED.swap(true, Ordering::Relaxed) {
                std::process::exit(i32::from(INTERRUPTED));
            }
            eprintln!("\nStopping: what was found so far is kept. Once more to leave at once.");
        });
        if let Err(error) = set {
            eprintln!("remark: Ctrl-C will leave at once: {error}");
        }
    });
    &ASKED
}

/// Whether Ctrl-C was pressed.
pub(crate) fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}
