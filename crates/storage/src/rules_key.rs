use std::collections::BTreeSet;

use mtchat_protocol::{ScopeValue, Scopes};
use sha2::{Digest, Sha256};

/// A key that two sets of rules share exactly when they ask for the same, whatever the order of rules and values
/// (`mtchat_domain::same_rules`), so that an index finds the dialog of a set.
pub(crate) fn rules_key<'a>(rules: impl IntoIterator<Item = &'a Scopes>) -> Vec<u8> {
    let canonical: BTreeSet<[BTreeSet<&ScopeValue>; 3]> = rules
        .into_iter()
        .map(|scopes| scopes.levels().map(|level| level.iter().collect()))
        .collect();
    let mut hash = Sha256::new();
    for levels in &canonical {
        for level in levels {
            // Lengths before contents: no two sets have the same bytes.
            hash.update((level.len() as u64).to_be_bytes());
            for value in level {
                hash.update((value.as_str().len() as u64).to_be_bytes());
                hash.update(value.as_str());
            }
        }
    }
    hash.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(levels: [&[&str]; 3]) -> Scopes {
        let [l0, l1, l2] = levels.map(|level| level.iter().map(|v| ScopeValue::new(v).unwrap()).collect());
        Scopes {
            scope_level0: l0,
            scope_level1: l1,
            scope_level2: l2,
        }
    }

    #[test]
    fn equal_sets_have_one_key_and_different_sets_have_two() {
        let sets = [
            vec![],
            vec![scopes([&[], &[], &[]])],
            vec![scopes([&["a", "b"], &[], &[]]), scopes([&["c"], &[], &[]])],
            vec![scopes([&["c"], &[], &[]]), scopes([&["b", "a", "b"], &[], &[]])],
            vec![scopes([&["ab"], &[], &[]])],
            vec![scopes([&["a"], &["b"], &[]])],
            vec![scopes([&["a"], &[], &["b"]])],
            vec![scopes([&["a", "b"], &[], &[]])],
        ];
        for one in &sets {
            for other in &sets {
                let same = mtchat_domain::same_rules(one, other);
                assert_eq!(rules_key(one) == rules_key(other), same, "{one:?} and {other:?}");
            }
        }
    }
}
