use std::{collections::HashMap, hash::Hash};

/// Rows by key, in the order in which the keys first came: a statement may name a row once only.
pub(crate) struct Latest<Key, Row> {
    places: HashMap<Key, usize>,
    rows: Vec<Row>,
}

impl<Key: Eq + Hash, Row> Latest<Key, Row> {
    /// The row of a key; `new` makes it when there is none.
    pub(crate) fn entry(&mut self, key: Key, new: impl FnOnce() -> Row) -> &mut Row {
        let next = self.rows.len();
        let place = *self.places.entry(key).or_insert(next);
        if place == next {
            self.rows.push(new());
        }
        &mut self.rows[place]
    }

    /// Take the row for the key; an earlier one is replaced.
    pub(crate) fn put(&mut self, key: Key, row: Row) {
        match self.places.get(&key) {
            Some(place) => self.rows[*place] = row,
            None => {
                self.places.insert(key, self.rows.len());
                self.rows.push(row);
            }
        }
    }

    pub(crate) fn contains(&self, key: &Key) -> bool {
        self.places.contains_key(key)
    }

    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }
}

impl<Key, Row> Default for Latest<Key, Row> {
    fn default() -> Self {
        Self {
            places: HashMap::new(),
            rows: Vec::new(),
        }
    }
}
