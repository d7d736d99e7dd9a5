//! Ordered maps and sets that are vectors. A client holds some hundred of anything, for which a vector is as quick as a tree, and
//! in a page each kind of tree is five kilobytes of program.

use std::borrow::Borrow;

/// What stands under keys, by key.
#[derive(Debug, Clone)]
pub(crate) struct Map<K, V>(Vec<(K, V)>);

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord, V> Map<K, V> {
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.0.binary_search_by(|(there, _)| there.borrow().cmp(key))
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        Some(&self.0[place].1)
    }

    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        Some(&mut self.0[place].1)
    }

    pub(crate) fn contains_key(&self, key: &K) -> bool {
        self.place(key).is_ok()
    }

    /// What was there before.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(place) => Some(std::mem::replace(&mut self.0[place].1, value)),
            Err(place) => {
                self.0.insert(place, (key, value));
                None
            }
        }
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        Some(self.0.remove(place).1)
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.0.iter_mut().map(|(key, value)| (&*key, value))
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.iter().map(|(key, _)| key)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }
}

/// Keys, in order.
#[derive(Debug, Clone)]
pub(crate) struct Set<K>(Vec<K>);

impl<K> Default for Set<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord> Set<K> {
    pub(crate) fn insert(&mut self, key: K) {
        if let Err(place) = self.0.binary_search(&key) {
            self.0.insert(place, key);
        }
    }

    pub(crate) fn remove(&mut self, key: &K) {
        if let Ok(place) = self.0.binary_search(key) {
            self.0.remove(place);
        }
    }

    pub(crate) fn contains(&self, key: &K) -> bool {
        self.0.binary_search(key).is_ok()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &K> + Clone {
        self.0.iter()
    }
}

impl<K> IntoIterator for Set<K> {
    type Item = K;
    type IntoIter = std::vec::IntoIter<K>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<K: Ord> FromIterator<K> for Set<K> {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> Self {
        let mut set = Self::default();
        for key in keys {
            set.insert(key);
        }
        set
    }
}

/// Bring into order what is nearly in order: what comes in pages mostly is, and a sort for it is a third as large as the general one.
pub(crate) fn sort_by<T>(items: &mut [T], comes_after: impl Fn(&T, &T) -> bool) {
    for end in 1..items.len() {
        let mut place = end;
        while place > 0 && comes_after(&items[place - 1], &items[place]) {
            items.swap(place - 1, place);
            place -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use fastrand::Rng;

    use super::*;

    #[test]
    fn a_map_does_what_a_tree_does() {
        let mut rng = Rng::with_seed(7);
        let (mut map, mut tree) = (Map::default(), BTreeMap::new());
        let (mut set, mut other) = (Set::default(), BTreeSet::new());
        for value in 0..5_000 {
            let key = rng.u8(..60);
            match rng.u8(..5) {
                0 | 1 => assert_eq!(map.insert(key, value), tree.insert(key, value)),
                2 => assert_eq!(map.remove(&key), tree.remove(&key)),
                3 => {
                    set.insert(key);
                    other.insert(key);
                }
                _ => {
                    set.remove(&key);
                    other.remove(&key);
                }
            }
            assert_eq!(map.get(&key), tree.get(&key));
            assert_eq!(map.contains_key(&key), tree.contains_key(&key));
            assert_eq!(set.contains(&key), other.contains(&key));
            assert!(map.iter().eq(tree.iter()) && set.iter().eq(other.iter()));
        }
    }

    #[test]
    fn a_sort_keeps_what_is_equal_as_it_was() {
        let mut rng = Rng::with_seed(7);
        for _ in 0..200 {
            let mut items: Vec<(u8, usize)> =
                (0..rng.usize(..40)).map(|place| (rng.u8(..9), place)).collect();
            let mut sorted = items.clone();
            sorted.sort_by_key(|(key, _)| *key);
            sort_by(&mut items, |one, other| one.0 > other.0);
            assert_eq!(items, sorted);
        }
    }
}
