use std::collections::BTreeSet;

use mtchat_protocol::{AccessRule, ScopeValue, Scopes};

/// Whether any rule admits a caller who holds `held`: every level of the rule must overlap, an empty level of the *rule* asks
/// for nothing, an empty level of the *caller* matches only such levels (parity B9).
pub fn caller_matches<'a>(held: &Scopes, rules: impl IntoIterator<Item = &'a AccessRule>) -> bool {
    rules.into_iter().any(|rule| {
        let levels = rule.scopes.levels().into_iter().zip(held.levels());
        levels
            .into_iter()
            .all(|(asked, held)| asked.is_empty() || asked.iter().any(|value| held.contains(value)))
    })
}

/// Signed scopes narrowed to what was asked for: per level, the intersection (parity section 3). A level that is not asked for
/// stays as signed.
pub fn narrow(signed: &Scopes, asked: &Scopes) -> Scopes {
    let level = |signed: &[ScopeValue], asked: &[ScopeValue]| -> Vec<ScopeValue> {
        if asked.is_empty() {
            return signed.to_vec();
        }
        signed
            .iter()
            .filter(|value| asked.contains(value))
            .cloned()
            .collect()
    };
    Scopes {
        scope_level0: level(&signed.scope_level0, &asked.scope_level0),
        scope_level1: level(&signed.scope_level1, &asked.scope_level1),
        scope_level2: level(&signed.scope_level2, &asked.scope_level2),
    }
}

/// Whether two sets of rules ask for the same, whatever the order of rules and values (parity B24).
pub fn same_rules<'a>(
    one: impl IntoIterator<Item = &'a Scopes>,
    other: impl IntoIterator<Item = &'a Scopes>,
) -> bool {
    let canonical = |scopes: &'a Scopes| scopes.levels().map(|level| level.iter().collect::<BTreeSet<_>>());
    one.into_iter().map(canonical).collect::<BTreeSet<_>>()
        == other.into_iter().map(canonical).collect::<BTreeSet<_>>()
}

#[cfg(test)]
mod tests {
    use mtchat_protocol::{ScopeId, Timestamp};

    use super::*;

    fn scopes(levels: [&[&str]; 3]) -> Scopes {
        let [l0, l1, l2] = levels.map(|level| level.iter().map(|v| ScopeValue::new(v).unwrap()).collect());
        Scopes {
            scope_level0: l0,
            scope_level1: l1,
            scope_level2: l2,
        }
    }

    fn rule(levels: [&[&str]; 3]) -> AccessRule {
        let id = ScopeId("018f0000-0000-7000-8000-000000000000".parse().unwrap());
        AccessRule {
            id,
            created_at: Timestamp::from_micros(0),
            scopes: scopes(levels),
        }
    }

    #[test]
    fn every_level_of_a_rule_must_overlap() {
        let rules = [rule([&["t1", "t2"], &["sales"], &[]])];
        assert!(caller_matches(&scopes([&["t2"], &["sales", "it"], &[]]), &rules));
        assert!(!caller_matches(&scopes([&["t2"], &["it"], &["x"]]), &rules));
        assert!(!caller_matches(&scopes([&["t3"], &["sales"], &[]]), &rules));
    }

    #[test]
    fn an_empty_level_of_the_caller_is_never_a_wildcard() {
        let rules = [rule([&["t1"], &["sales"], &[]])];
        assert!(!caller_matches(&scopes([&["t1"], &[], &[]]), &rules));
        assert!(!caller_matches(&scopes([&["*"], &["*"], &["*"]]), &rules));
        assert!(caller_matches(&Scopes::default(), &[rule([&[], &[], &[]])]));
        assert!(!caller_matches(&Scopes::default(), &[]));
    }

    #[test]
    fn narrowing_grants_nothing() {
        let signed = scopes([&["t1", "t2"], &["sales"], &[]]);
        let narrowed = narrow(&signed, &scopes([&["t2", "t9"], &[], &["root"]]));
        assert_eq!(narrowed, scopes([&["t2"], &["sales"], &[]]));
    }

    #[test]
    fn the_order_of_rules_and_values_does_not_matter() {
        let one = [scopes([&["a", "b"], &[], &[]]), scopes([&["c"], &[], &[]])];
        let other = [scopes([&["c"], &[], &[]]), scopes([&["b", "a"], &[], &[]])];
        assert!(same_rules(&one, &other));
        assert!(!same_rules(&one, &other[..1]));
    }
}
