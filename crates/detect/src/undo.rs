//! A map that remembers what it held before, so that it can go back.
//!
//! Invariant: going back to a position gives the map as it was there; what came before the last position that was
//! forgotten cannot be had again.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// A map, and what its changes replaced, once they are followed.
pub struct Undo<K, V> {
    map: HashMap<K, V, foldhash::fast::RandomState>,
    follows: bool,
    /// The key of each change, and what it held before.
    changes: VecDeque<(K, Option<V>)>,
    /// Changes that were forgotten.
    forgotten: u64,
}

impl<K, V> Default for Undo<K, V> {
    fn default() -> Undo<K, V> {
        Undo { map: HashMap::default(), follows: false, changes: VecDeque::new(), forgotten: 0 }
    }
}

impl<K: Clone + Eq + Hash, V> Undo<K, V> {
    /// An empty map whose changes are followed.
    pub fn following() -> Undo<K, V> {
        Undo { follows: true, ..Undo::default() }
    }

    pub fn get(&self, key: &K) -> Option<&V> {
        self.map.get(key)
    }

    pub fn len(&self) -> usize {
        self.map.len()
    }

    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.map.values()
    }

    pub fn insert(&mut self, key: K, value: V) {
        if self.follows {
            let before = self.map.insert(key.clone(), value);
            self.changes.push_back((key, before));
        } else {
            self.map.insert(key, value);
        }
    }

    /// A value to change and [`Undo::insert`] again at once: moved out where nobody goes back, else a copy.
    pub fn take(&mut self, key: &K) -> Option<V>
    where
        V: Clone,
    {
        if self.follows { self.map.get(key).cloned() } else { self.map.remove(key) }
    }

    /// Keeps what `keep` says; what goes is a change as any other.
    pub fn retain(&mut self, keep: impl Fn(&K, &V) -> bool) {
        if self.follows {
            let gone: Vec<K> =
                self.map.iter().filter(|(key, value)| !keep(key, value)).map(|it| it.0.clone()).collect();
            for key in gone {
                let before = self.map.remove(&key);
                self.changes.push_back((key, before));
            }
        } else {
            self.map.retain(|key, value| keep(key, value));
        }
    }

    /// Where it is now.
    pub fn position(&self) -> u64 {
        self.forgotten + self.changes.len() as u64
    }

    /// Goes back to a position that was not forgotten.
    pub fn back(&mut self, position: u64) {
        while self.position() > position {
            let Some((key, before)) = self.changes.pop_back() else { return };
            match before {
                Some(before) => self.map.insert(key, before),
                None => self.map.remove(&key),
            };
        }
    }

    /// Nobody goes back beyond that position any more.
    pub fn forget(&mut self, position: u64) {
        let count = position.saturating_sub(self.forgotten).min(self.changes.len() as u64);
        self.changes.drain(..count as usize);
        self.forgotten += count;
    }
}
