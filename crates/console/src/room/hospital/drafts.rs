//! Files brought for the map that wait for a word: what they would change is shown first.
//!
//! Invariant: a draft is seen and kept by who brought it alone; few are held, in memory, and the oldest make room: the
//! files are still where they came from.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::archive::Files;
use super::files::BYTES_MAX;

/// Drafts held at most.
const DRAFTS_MAX: usize = 16;
/// Bytes of all drafts together at most.
const HELD_MAX: usize = 2 * BYTES_MAX;

/// What becomes of files of the map that were not sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Others {
    /// They stay as they are.
    Stay,
    /// They are taken out: what was sent is the whole map.
    Go,
}

/// Files that somebody brought.
#[derive(Debug)]
pub(super) struct Draft {
    /// For its address.
    pub(super) id: String,
    /// The account that brought them.
    pub(super) author: String,
    /// Their bytes as they came.
    pub(super) files: Files,
    /// What becomes of the others.
    pub(super) others: Others,
}

impl Draft {
    fn size(&self) -> usize {
        self.files.values().map(Vec::len).sum()
    }
}

/// Drafts, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Drafts(Mutex<VecDeque<Arc<Draft>>>);

impl Drafts {
    /// Holds a draft; older ones make room.
    pub(super) fn hold(&self, draft: Draft) -> Arc<Draft> {
        let draft = Arc::new(draft);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut held = all.iter().map(|it| it.size()).sum::<usize>() + draft.size();
        while all.len() >= DRAFTS_MAX || held > HELD_MAX {
            let Some(oldest) = all.pop_front() else { break };
            held -= oldest.size();
        }
        all.push_back(draft.clone());
        draft
    }

    /// A draft of that author.
    pub(super) fn find(&self, id: &str, author: &str) -> Option<Arc<Draft>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|it| it.id == id && it.author == author).cloned()
    }

    /// Lets go of one.
    pub(super) fn forget(&self, id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|it| it.id != id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(id: &str, size: usize) -> Draft {
        let files = Files::from([("map.toml".to_owned(), vec![b' '; size])]);
        Draft { id: id.to_owned(), author: "admin-1".to_owned(), files, others: Others::Stay }
    }

    #[test]
    fn the_oldest_make_room_and_nobody_else_sees_one() {
        let drafts = Drafts::default();
        for number in 0..=DRAFTS_MAX {
            drafts.hold(draft(&number.to_string(), 1));
        }
        assert!(drafts.find("0", "admin-1").is_none() && drafts.find("1", "admin-1").is_some());
        assert!(drafts.find("1", "admin-2").is_none());
        for id in ["a", "b", "c"] {
            drafts.hold(draft(id, BYTES_MAX));
        }
        assert!(drafts.find("a", "admin-1").is_none() && drafts.find("c", "admin-1").is_some());
        drafts.forget("c");
        assert!(drafts.find("c", "admin-1").is_none());
    }
}
