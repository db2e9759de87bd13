//! From what a lost node is restored.
//!
//! Invariant: no copy is assumed. A copy on a lost store is gone; one taken at or after the first
//! compromise is only ever offered as maybe tainted, and only where no older one is left.

use hospital::{Backup, Map, Node, StoreId, Work};
use jiff::Timestamp;

/// From what a node is restored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RestorePoint {
    /// From a copy.
    Backup {
        /// Where it is kept.
        store: StoreId,
        /// When it was taken.
        taken_at: Timestamp,
        /// Seconds of data lost: from the copy to the loss of the node.
        lost: u64,
        /// Whether it was taken at or after the first compromise.
        maybe_tainted: bool,
        /// When a restore from it was last tested.
        tested_at: Option<Timestamp>,
    },
    /// No copy is left, or none was ever named: it is rebuilt from nothing.
    Rebuild,
    /// Its steps read a copy that the map does not describe.
    Unknown,
}

/// Stores whose copies are gone.
pub(crate) fn lost_stores(map: &Map, is_lost: impl Fn(hospital::NodeId) -> bool) -> Vec<bool> {
    map.stores.iter().map(|store| store.asset.is_some_and(&is_lost)).collect()
}

/// The restore point of a node lost at `at`, and whether its steps can read the copies that they need.
///
/// Copies are looked for where the node's steps read them; where its steps read none, anywhere. The
/// newest copy older than `compromise` is used; failing that the oldest of the later ones, which has
/// seen the least of the attack.
pub(crate) fn restore_point(
    node: &Node,
    at: Timestamp,
    compromise: Timestamp,
    gone: &[bool],
) -> (RestorePoint, bool) {
    let steps = node.restore.as_deref().unwrap_or_default();
    let read: Vec<StoreId> = steps
        .iter()
        .filter_map(|step| match step.work {
            Work::Copy { store, .. } => Some(store),
            Work::Labour { .. } => None,
        })
        .collect();
    let left = |backup: &&Backup| !gone[backup.store.index()];
    let near = node.backups.iter().filter(left).filter(|backup| read.contains(&backup.store));
    let best = choose(near, compromise);
    let readable = read.iter().all(|store| !gone[store.index()])
        && (read.is_empty() || best.is_some() || node.backups.is_empty());
    let best = best.or_else(|| choose(node.backups.iter().filter(left), compromise));
    let point = match best {
        Some(backup) => RestorePoint::Backup {
            store: backup.store,
            taken_at: backup.taken_at,
            lost: u64::try_from(at.as_second() - backup.taken_at.as_second()).unwrap_or(0),
            maybe_tainted: backup.taken_at >= compromise,
            tested_at: backup.tested_at,
        },
        None if read.is_empty() => RestorePoint::Rebuild,
        None => RestorePoint::Unknown,
    };
    (point, readable)
}

fn choose<'a>(copies: impl Iterator<Item = &'a Backup> + Clone, compromise: Timestamp) -> Option<&'a Backup> {
    let older = copies.clone().filter(|copy| copy.taken_at < compromise).max_by_key(|copy| copy.taken_at);
    older.or_else(|| copies.min_by_key(|copy| copy.taken_at))
}
