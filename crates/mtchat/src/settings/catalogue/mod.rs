//! Everything that can be set, in one place: the environment is read by it, `mtchat settings` prints it, and the documentation and the
//! example file are made of it. The tests hold it against the structs that the settings are read into.

mod serving;
mod setting;
mod shared;
mod show;
mod working;

#[cfg(test)]
mod tests;

pub(super) use setting::Kind;
pub use setting::{Default, Setting};
pub(crate) use show::{SettingsArguments, settings};
pub use show::{example, json, markdown, section_markdown};

/// Settings that belong together: a table of the file.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// The table's name; empty for what stands before all tables.
    pub name: &'static str,
    /// What is set there.
    pub about: &'static str,
    /// The settings.
    pub settings: &'static [Setting],
}

/// All of them, in the order in which people read about them.
pub const SECTIONS: &[Section] = &[
    section("", "what holds for everything", shared::GENERAL),
    section("database", "Postgres", shared::DATABASE),
    section("nats", "the broker and the streams on it", shared::NATS),
    section("http", "where the edge listens, and how it leaves", serving::HTTP),
    section("auth", "who may come in", serving::AUTH),
    section("cors", "which web pages may call", serving::CORS),
    section(
        "files",
        "the S3-compatible store of what users attach; endpoint, bucket, key and secret together switch files on",
        shared::FILES,
    ),
    section("gateway", "the sockets of an edge", serving::GATEWAY),
    section(
        "limits",
        "how much anybody may ask of an edge: a second over time (`_rps`), and at once (`_burst`)",
        serving::LIMITS,
    ),
    section(
        "notifications",
        "how hosts are told of what users have not read",
        working::NOTIFICATIONS,
    ),
    section(
        "webhooks",
        "the endpoint of the app `default` that is told what happens; address and secret together switch it on",
        working::WEBHOOKS,
    ),
    section(
        "telemetry",
        "where traces and reports of errors go; an address switches each on",
        shared::TELEMETRY,
    ),
    section(
        "worker",
        "which roles a worker takes, where it tells how they do, and what they do when",
        working::WORKER,
    ),
];

const fn section(name: &'static str, about: &'static str, settings: &'static [Setting]) -> Section {
    Section {
        name,
        about,
        settings,
    }
}

impl Section {
    /// A setting of it as it is written outside of the table.
    #[must_use]
    pub fn path(&self, setting: &Setting) -> String {
        if self.name.is_empty() {
            setting.key.to_owned()
        } else {
            format!("{}.{}", self.name, setting.key)
        }
    }
}

/// Every variable that has an effect: its name, the key that it sets, how it is read. Where two set the same key, the later one wins.
pub(super) fn variables() -> impl Iterator<Item = (&'static str, String, Kind)> {
    SECTIONS.iter().flat_map(|section| {
        section.settings.iter().flat_map(|setting| {
            let path = section.path(setting);
            let variables = setting.variables.into_iter().flatten();
            variables.map(move |(name, kind)| (name, path.clone(), kind))
        })
    })
}
