use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{ScopeValue, Timestamp};

/// Three levels of values: what a caller holds, or what a rule asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Scopes {
    /// Tenants (companies).
    #[serde(default)]
    pub scope_level0: Vec<ScopeValue>,
    /// Departments, by convention.
    #[serde(default)]
    pub scope_level1: Vec<ScopeValue>,
    /// Permissions, by convention.
    #[serde(default)]
    pub scope_level2: Vec<ScopeValue>,
}

impl Scopes {
    /// The three levels in order.
    pub fn levels(&self) -> [&[ScopeValue]; 3] {
        [&self.scope_level0, &self.scope_level1, &self.scope_level2]
    }

    /// Whether nothing is held at any level.
    pub fn is_empty(&self) -> bool {
        self.levels().iter().all(|level| level.is_empty())
    }
}

/// Id of one access-scope rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScopeId(pub Uuid);

/// One access-scope rule of a dialog: whoever matches it is a candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessRule {
    /// The rule's id.
    pub id: ScopeId,
    /// Since when it holds.
    pub created_at: Timestamp,
    /// What it asks for; an empty level asks for nothing.
    #[serde(flatten)]
    pub scopes: Scopes,
}
