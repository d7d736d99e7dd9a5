/// One thing that can be set.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its key in the table of its section.
    pub key: &'static str,
    /// What holds where nothing is said.
    pub default: Default,
    /// What it means; `code` and links as in Markdown.
    pub meaning: &'static str,
    /// The variables that set it. Of several that are set the last one wins, which is the one to use.
    pub(in crate::settings) variables: [Option<(&'static str, Kind)>; 2],
}

/// What holds where nothing is said.
#[derive(Debug, Clone, Copy)]
pub enum Default {
    /// This.
    Is {
        /// As TOML writes it.
        toml: &'static str,
        /// The same for people, where that helps.
        which_is: &'static str,
    },
    /// Nothing: then something else follows, or the thing is off.
    Unset {
        /// What could stand there, as TOML writes it.
        example: &'static str,
        /// What holds instead; empty: nothing.
        instead: &'static str,
    },
}

/// How a variable is read.
#[derive(Debug, Clone, Copy)]
pub(in crate::settings) enum Kind {
    /// `true`, `1`, `false`, `0`, in any case, and their like.
    Flag,
    /// Separated by commas.
    List,
    Number,
    /// A list of one, commas and all.
    Single,
    Text,
}

pub(super) const fn is(key: &'static str, toml: &'static str, meaning: &'static str) -> Setting {
    let default = Default::Is { toml, which_is: "" };
    new(key, default, meaning)
}

pub(super) const fn unset(
    key: &'static str,
    example: &'static str,
    instead: &'static str,
    meaning: &'static str,
) -> Setting {
    new(key, Default::Unset { example, instead }, meaning)
}

const fn new(key: &'static str, default: Default, meaning: &'static str) -> Setting {
    Setting {
        key,
        default,
        meaning,
        variables: [None; 2],
    }
}

impl Setting {
    pub(super) const fn which_is(self, which_is: &'static str) -> Self {
        match self.default {
            Default::Is { toml, .. } => Self {
                default: Default::Is { toml, which_is },
                ..self
            },
            Default::Unset { .. } => self,
        }
    }

    pub(super) const fn flag(self, variable: &'static str) -> Self {
        self.by(variable, Kind::Flag)
    }

    pub(super) const fn list(self, variable: &'static str) -> Self {
        self.by(variable, Kind::List)
    }

    pub(super) const fn number(self, variable: &'static str) -> Self {
        self.by(variable, Kind::Number)
    }

    pub(super) const fn single(self, variable: &'static str) -> Self {
        self.by(variable, Kind::Single)
    }

    pub(super) const fn text(self, variable: &'static str) -> Self {
        self.by(variable, Kind::Text)
    }

    const fn by(self, variable: &'static str, kind: Kind) -> Self {
        let variables = match self.variables {
            [None, _] => [Some((variable, kind)), None],
            [first, _] => [first, Some((variable, kind))],
        };
        Self { variables, ..self }
    }

    /// The variables that set it, the one to use first.
    pub fn variables(&self) -> impl Iterator<Item = &'static str> {
        self.variables.into_iter().rev().flatten().map(|(name, _)| name)
    }
}
