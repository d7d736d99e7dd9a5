use mtchat_protocol::{AccessRule, Fact, FactData, Scopes};

use crate::caller_matches;

/// What a fact changes about who may join a dialog.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// The rules before it.
    pub before: Vec<AccessRule>,
    /// The rules after it.
    pub after: Vec<AccessRule>,
}

/// What an [`Offer`] means to somebody who is no member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// They may join from now on.
    Available,
    /// They may not join any more.
    Unavailable,
}

/// What a fact changes about who may join; `None`: nothing.
pub fn offer(fact: &Fact) -> Option<Offer> {
    let (before, after) = match &fact.data {
        FactData::DialogCreated(created) => (&[][..], &created.access_scopes[..]),
        FactData::DialogDeleted(deleted) => (&deleted.former_access_scopes[..], &[][..]),
        FactData::ScopesReplaced(replaced) => {
            (&replaced.former_access_scopes[..], &replaced.access_scopes[..])
        }
        _ => return None,
    };
    (!before.is_empty() || !after.is_empty()).then(|| Offer {
        before: before.to_vec(),
        after: after.to_vec(),
    })
}

impl Offer {
    /// What it means to who holds these scopes; `None`: nothing changes for them. Without scopes nobody is a candidate, not even
    /// where a rule asks for nothing.
    pub fn turn(&self, held: &Scopes) -> Option<Turn> {
        if held.is_empty() {
            return None;
        }
        match (
            caller_matches(held, &self.before),
            caller_matches(held, &self.after),
        ) {
            (false, true) => Some(Turn::Available),
            (true, false) => Some(Turn::Unavailable),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use mtchat_protocol::{ScopeId, ScopeValue, Timestamp};

    use super::*;

    fn tenants(values: &[&str]) -> Scopes {
        Scopes {
            scope_level0: values
                .iter()
                .map(|value| ScopeValue::new(value).unwrap())
                .collect(),
            ..Scopes::default()
        }
    }

    fn rules(values: &[&str]) -> Vec<AccessRule> {
        let rule = |value: &&str| AccessRule {
            id: ScopeId("018f0000-0000-7000-8000-000000000000".parse().unwrap()),
            created_at: Timestamp::from_micros(0),
            scopes: tenants(&[value]),
        };
        values.iter().map(rule).collect()
    }

    #[test]
    fn only_those_for_whom_something_changes_have_a_turn() {
        let offer = Offer {
            before: rules(&["a", "b"]),
            after: rules(&["b", "c"]),
        };
        assert_eq!(offer.turn(&tenants(&["a"])), Some(Turn::Unavailable));
        assert_eq!(offer.turn(&tenants(&["b"])), None);
        assert_eq!(offer.turn(&tenants(&["c"])), Some(Turn::Available));
        assert_eq!(offer.turn(&tenants(&["a", "c"])), None);
        assert_eq!(offer.turn(&tenants(&["d"])), None);
    }

    #[test]
    fn a_rule_that_asks_for_nothing_is_for_everybody_who_has_scopes() {
        let open = AccessRule {
            scopes: Scopes::default(),
            ..rules(&["a"]).remove(0)
        };
        let offer = Offer {
            before: Vec::new(),
            after: vec![open],
        };
        assert_eq!(offer.turn(&tenants(&["d"])), Some(Turn::Available));
        assert_eq!(offer.turn(&Scopes::default()), None);
    }
}
