use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use mtchat_storage::WebhookEndpoint;

use super::{
    WebhookOptions,
    profile::{EndpointKey, Profile, Unfit},
};

/// Most endpoints that one worker tells at a time. Each follows the log by itself and has requests of its own; for more of them
/// decision 0027 says what would have to change.
pub(super) const MOST_ENDPOINTS: usize = 256;

/// Which endpoints there are.
#[derive(Debug, Default)]
pub(super) struct Roster {
    /// Those that are told of the log, with their revisions.
    pub(super) told: BTreeMap<EndpointKey, i64>,
    /// Those that may be told anything, paused and switched off ones as well.
    pub(super) known: BTreeMap<EndpointKey, Arc<Profile>>,
    /// Those that can not be told anything, and why.
    pub(super) unfit: BTreeMap<EndpointKey, Unfit>,
    /// Those of which everything is to be removed.
    pub(super) removed: BTreeSet<EndpointKey>,
    /// How many would be told if there were room.
    pub(super) beyond: usize,
}

/// What is to be done so that those are told who are to be.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Orders {
    /// Not told yet.
    pub(super) begin: Vec<EndpointKey>,
    /// Told, and either not any more or otherwise.
    pub(super) end: Vec<EndpointKey>,
}

impl Roster {
    /// From what is configured and what stands in the database, in its order: the first ones have room.
    pub(super) fn of(options: &WebhookOptions, rows: &[WebhookEndpoint]) -> Self {
        let mut roster = Self::default();
        if let Some(configured) = &options.configured {
            let row = rows.iter().find(|row| is_configured(row));
            // What is switched off is an address, and another one is not.
            let off = row.is_some_and(|row| row.disabled.is_some() && row.url == configured.url.as_str());
            let profile = Profile::configured(configured);
            roster.add(profile, row.map_or(0, |row| row.revision), !off);
        }
        for row in rows.iter().filter(|row| !is_configured(row)) {
            let key = EndpointKey {
                app: row.app.clone(),
                endpoint: row.endpoint.clone(),
            };
            if row.deleted {
                roster.removed.insert(key);
                continue;
            }
            match Profile::stored(row, options.reach) {
                Ok(profile) => roster.add(profile, row.revision, row.disabled.is_none() && !row.paused),
                Err(unfit) => {
                    roster.unfit.insert(key, unfit);
                }
            }
        }
        roster
    }

    fn add(&mut self, profile: Profile, revision: i64, on: bool) {
        let key = profile.key.clone();
        self.known.insert(key.clone(), Arc::new(profile));
        if on && self.told.len() < MOST_ENDPOINTS {
            self.told.insert(key, revision);
        } else if on {
            self.beyond += 1;
        }
    }

    /// What is to be done, where these are told in these revisions.
    pub(super) fn orders(&self, told: &BTreeMap<EndpointKey, i64>) -> Orders {
        let begin = self.told.keys().filter(|key| !told.contains_key(*key));
        let end = told
            .iter()
            .filter(|(key, revision)| self.told.get(*key) != Some(*revision));
        Orders {
            begin: begin.cloned().collect(),
            end: end.map(|(key, _)| key.clone()).collect(),
        }
    }
}

fn is_configured(row: &WebhookEndpoint) -> bool {
    let configured = EndpointKey::configured();
    row.app == configured.app && row.endpoint == configured.endpoint
}

#[cfg(test)]
mod tests {
    use mtchat_protocol::AppId;

    use super::*;
    use crate::webhooks::{ConfiguredEndpoint, SigningSecret, WebhookEvents, WebhookReach, WebhookUrl};

    const URL: &str = "https://host.example/hook";

    fn key(endpoint: &str) -> EndpointKey {
        EndpointKey {
            app: AppId::default_app(),
            endpoint: endpoint.to_owned(),
        }
    }

    fn row(endpoint: &str, revision: i64) -> WebhookEndpoint {
        WebhookEndpoint {
            app: AppId::default_app(),
            endpoint: endpoint.to_owned(),
            url: URL.to_owned(),
            secrets: vec!["a secret".to_owned()],
            old_secrets_until: None,
            events: None,
            object_types: None,
            with_data: true,
            paused: false,
            disabled: None,
            deleted: false,
            revision,
        }
    }

    fn configured() -> WebhookOptions {
        WebhookOptions {
            configured: Some(ConfiguredEndpoint {
                url: WebhookUrl::new(URL, WebhookReach::default()).unwrap(),
                secrets: vec![SigningSecret::new("a secret").unwrap()],
                events: WebhookEvents::All,
            }),
            ..WebhookOptions::default()
        }
    }

    fn told(roster: &Roster) -> Vec<(&str, i64)> {
        let told = roster.told.iter();
        told.map(|(key, revision)| (key.endpoint.as_str(), *revision))
            .collect()
    }

    #[test]
    fn whoever_is_on_is_told() {
        let off = WebhookEndpoint {
            disabled: Some("it answered 410 Gone".to_owned()),
            ..row("off", 1)
        };
        let paused = WebhookEndpoint {
            paused: true,
            ..row("paused", 1)
        };
        let deleted = WebhookEndpoint {
            deleted: true,
            ..row("deleted", 1)
        };
        let unfit = WebhookEndpoint {
            url: "http://host.example/hook".to_owned(),
            ..row("unfit", 1)
        };
        let rows = [row("on", 3), off, paused, deleted, unfit];
        let roster = Roster::of(&WebhookOptions::default(), &rows);
        assert_eq!(told(&roster), [("on", 3)]);
        let known: Vec<&str> = roster.known.keys().map(|key| key.endpoint.as_str()).collect();
        assert_eq!(known, ["off", "on", "paused"]);
        assert_eq!(roster.removed, [key("deleted")].into());
        assert!(roster.unfit.contains_key(&key("unfit")));
    }

    #[test]
    fn the_configured_one_is_told_with_or_without_a_row_and_only_where_it_is_configured() {
        assert_eq!(told(&Roster::of(&configured(), &[])), [("configured", 0)]);
        let mut own = row("configured", 7);
        assert_eq!(
            told(&Roster::of(&configured(), &[own.clone()])),
            [("configured", 7)]
        );
        let none = Roster::of(&WebhookOptions::default(), &[own.clone()]);
        assert!(none.told.is_empty() && none.known.is_empty());
        own.disabled = Some("it answered 410 Gone".to_owned());
        assert!(Roster::of(&configured(), &[own.clone()]).told.is_empty());
        own.url = format!("{URL}?1");
        assert_eq!(told(&Roster::of(&configured(), &[own])), [("configured", 7)]);
    }

    #[test]
    fn beyond_the_bound_the_first_ones_are_told() {
        let rows: Vec<WebhookEndpoint> = (0..MOST_ENDPOINTS + 3)
            .map(|number| row(&format!("{number:04}"), 0))
            .collect();
        let roster = Roster::of(&WebhookOptions::default(), &rows);
        assert_eq!((roster.told.len(), roster.beyond), (MOST_ENDPOINTS, 3));
        assert!(roster.told.contains_key(&key("0000")) && !roster.told.contains_key(&key("0256")));
    }

    #[test]
    fn only_what_has_changed_is_begun_or_ended() {
        let rows = [row("same", 1), row("changed", 2), row("new", 0)];
        let roster = Roster::of(&WebhookOptions::default(), &rows);
        let told = [(key("same"), 1), (key("changed"), 1), (key("gone"), 4)].into();
        let orders = Orders {
            begin: vec![key("new")],
            end: vec![key("changed"), key("gone")],
        };
        assert_eq!(roster.orders(&told), orders);
        assert_eq!(roster.orders(&roster.told), Orders::default());
    }
}
