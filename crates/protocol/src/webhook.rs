//! What hosts ask of their webhook endpoints.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Invalid, ObjectType, Reason, Timestamp, fact::patch, invalid::check_text, limits};

/// What an endpoint's requests are signed with. Never shows in output that is not an answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WebhookSecret(pub String);

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

/// Body of `POST /management/webhooks`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateWebhook {
    /// Where it takes its requests.
    pub url: String,
    /// In the host's own words.
    #[serde(default)]
    pub description: Option<String>,
    /// The events that it wants; `null`: all there are, and will be.
    #[serde(default)]
    pub events: Option<Vec<String>>,
    /// Only events of dialogs with one of these types of object; `null`: of all.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<crate::ObjectType>>))]
    pub object_types: Option<Vec<String>>,
    /// Whether bodies have `data` beside `payload`; they do if nothing is said.
    #[serde(default)]
    pub with_data: Option<bool>,
    /// `whsec_` and 24 to 64 bytes in base64; without one it is made.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub secret: Option<WebhookSecret>,
}

/// Whether an endpoint is to be told anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WebhookSwitch {
    /// It is told; also one that was switched off because it took nothing.
    Active,
    /// It waits: its place in the log stays, and nothing is lost.
    Paused,
}

/// Body of `PATCH /management/webhooks/{endpoint}`: what is absent stays, `null` clears.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PatchWebhook {
    /// The new address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The new description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The events that it wants from now on; `null`: all.
    #[serde(default, with = "patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>))]
    pub events: Option<Option<Vec<String>>>,
    /// The types of object that it wants from now on; `null`: all.
    #[serde(default, with = "patch", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<crate::ObjectType>>))]
    pub object_types: Option<Option<Vec<String>>>,
    /// Whether bodies have `data` beside `payload`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_data: Option<bool>,
    /// Whether it is told anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<WebhookSwitch>,
}

/// Body of `POST /management/webhooks/{endpoint}/secret`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RotateWebhookSecret {
    /// As at the creation; without one it is made.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub secret: Option<WebhookSecret>,
    /// For how long the old one signs as well, in seconds: a day if nothing is said, at most a week, 0 ends it at once.
    #[serde(default)]
    pub overlap_secs: Option<u32>,
}

/// Body of `POST /management/webhooks/{endpoint}/replay`: one of both.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReplayWebhook {
    /// From this entry of the log on.
    #[serde(default)]
    pub from_log_seq: Option<u64>,
    /// From what happened then on.
    #[serde(default)]
    pub from_time: Option<Timestamp>,
}

/// Body of `POST /management/webhooks/{endpoint}/dead-letters/retry`: one of both.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RetryDeadLetters {
    /// Those at these places of the log.
    #[serde(default)]
    pub log_seqs: Option<Vec<u64>>,
    /// All of them, the oldest first.
    #[serde(default)]
    pub all: Option<bool>,
}

/// From where an endpoint is told again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayFrom {
    /// An entry of the log.
    LogSeq(u64),
    /// A moment.
    Time(Timestamp),
}

impl CreateWebhook {
    /// Check the limits of everything but the address, the secret and the names of events.
    pub fn check(&self) -> Result<(), Invalid> {
        description(self.description.as_deref().unwrap_or_default())?;
        events(self.events.as_deref())?;
        object_types(self.object_types.as_deref())
    }
}

impl PatchWebhook {
    /// Check the limits of everything but the address and the names of events.
    pub fn check(&self) -> Result<(), Invalid> {
        description(self.description.as_deref().unwrap_or_default())?;
        events(self.events.as_ref().and_then(Option::as_deref))?;
        object_types(self.object_types.as_ref().and_then(Option::as_deref))
    }

    /// Whether it asks for nothing but that the endpoint is told again.
    pub fn only_switches_on(&self) -> bool {
        let Self {
            url,
            description,
            events,
            object_types,
            with_data,
            state,
        } = self;
        let nothing_else = url.is_none() && description.is_none() && events.is_none();
        let nothing_else = nothing_else && object_types.is_none() && with_data.is_none();
        nothing_else && *state != Some(WebhookSwitch::Paused)
    }

    /// The names of the fields that it changes.
    pub fn changed(&self) -> Vec<&'static str> {
        let fields = [
            ("url", self.url.is_some()),
            ("description", self.description.is_some()),
            ("events", self.events.is_some()),
            ("object_types", self.object_types.is_some()),
            ("with_data", self.with_data.is_some()),
            ("state", self.state.is_some()),
        ];
        let changed = fields.into_iter().filter(|(_, is)| *is);
        changed.map(|(name, _)| name).collect()
    }
}

impl RotateWebhookSecret {
    /// For how long the old secret signs as well, in seconds.
    pub fn overlap(&self) -> Result<u32, Invalid> {
        let (default, most) = limits::WEBHOOK_OVERLAP_SECS;
        let overlap = self.overlap_secs.unwrap_or(default);
        if overlap > most {
            let expected = Reason::Malformed("at most 604800, a week");
            return Err(Invalid::new("overlap_secs", expected));
        }
        Ok(overlap)
    }
}

impl ReplayWebhook {
    /// From where.
    pub fn check(&self) -> Result<ReplayFrom, Invalid> {
        match (self.from_log_seq, self.from_time) {
            (Some(log_seq), None) => Ok(ReplayFrom::LogSeq(log_seq)),
            (None, Some(time)) => Ok(ReplayFrom::Time(time)),
            (Some(_), Some(_)) | (None, None) => {
                let expected = Reason::Malformed("given, or from_time in its place");
                Err(Invalid::new("from_log_seq", expected))
            }
        }
    }
}

impl RetryDeadLetters {
    /// Those at these places of the log; `None`: all.
    pub fn check(self) -> Result<Option<Vec<u64>>, Invalid> {
        let places = match (self.log_seqs, self.all.unwrap_or_default()) {
            (None, true) => return Ok(None),
            (Some(places), false) => places,
            (Some(_), true) | (None, false) => {
                let expected = Reason::Malformed("given, or all in its place");
                return Err(Invalid::new("log_seqs", expected));
            }
        };
        if places.len() > limits::WEBHOOK_RETRIES {
            return Err(Invalid::new("log_seqs", Reason::TooLong(limits::WEBHOOK_RETRIES)));
        }
        Ok(Some(places))
    }
}

fn description(text: &str) -> Result<(), Invalid> {
    check_text("description", text, limits::WEBHOOK_DESCRIPTION)
}

fn events(names: Option<&[String]>) -> Result<(), Invalid> {
    list("events", names, limits::WEBHOOK_EVENTS)
}

fn object_types(names: Option<&[String]>) -> Result<(), Invalid> {
    list("object_types", names, limits::WEBHOOK_OBJECT_TYPES)?;
    for name in names.unwrap_or_default() {
        ObjectType::new(name).map_err(|invalid| Invalid::new("object_types", invalid.reason))?;
    }
    Ok(())
}

/// Who wants none of anything has no use for an endpoint: that is told with `state`.
fn list(field: &'static str, names: Option<&[String]>, most: usize) -> Result<(), Invalid> {
    match names {
        Some([]) => Err(Invalid::new(field, Reason::Blank)),
        Some(names) if names.len() > most => Err(Invalid::new(field, Reason::TooLong(most))),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create(json: &str) -> Result<(), Invalid> {
        serde_json::from_str::<CreateWebhook>(json).unwrap().check()
    }

    #[test]
    fn limits_of_an_endpoint_hold() {
        let with = |more: &str| format!(r#"{{"url":"https://host.example/"{more}}}"#);
        let names = |count: usize| serde_json::to_string(&vec!["a"; count]).unwrap();
        let good = [
            String::new(),
            r#","events":null,"object_types":null,"description":null,"with_data":null"#.to_owned(),
            format!(r#","events":{},"object_types":{}"#, names(64), names(64)),
            format!(r#","description":"{}""#, "ж".repeat(500)),
        ];
        for good in good {
            assert_eq!(create(&with(&good)), Ok(()), "{good}");
        }
        let bad = [
            format!(r#","events":{}"#, names(65)),
            format!(r#","object_types":{}"#, names(65)),
            r#","events":[]"#.to_owned(),
            r#","object_types":[]"#.to_owned(),
            r#","object_types":[""]"#.to_owned(),
            r#","description":"\u0000""#.to_owned(),
            format!(r#","description":"{}""#, "ж".repeat(501)),
        ];
        for bad in bad {
            assert!(create(&with(&bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_absent_stays_and_null_clears() {
        let patch: PatchWebhook = serde_json::from_str(r#"{"events":null,"state":"active"}"#).unwrap();
        assert_eq!((&patch.events, &patch.object_types), (&Some(None), &None));
        assert_eq!(patch.changed(), ["events", "state"]);
        assert!(!patch.only_switches_on());
        let on: PatchWebhook = serde_json::from_str(r#"{"state":"active"}"#).unwrap();
        assert!(on.only_switches_on() && PatchWebhook::default().only_switches_on());
        let paused: PatchWebhook = serde_json::from_str(r#"{"state":"paused"}"#).unwrap();
        assert!(!paused.only_switches_on());
    }

    #[test]
    fn of_two_ways_to_say_it_one_is_taken() {
        let time = Timestamp::from_micros(7);
        let replay = |from_log_seq, from_time| ReplayWebhook {
            from_log_seq,
            from_time,
        };
        assert_eq!(replay(Some(3), None).check(), Ok(ReplayFrom::LogSeq(3)));
        assert_eq!(replay(None, Some(time)).check(), Ok(ReplayFrom::Time(time)));
        assert!(replay(None, None).check().is_err() && replay(Some(3), Some(time)).check().is_err());
        let retry = |log_seqs, all| {
            let all = Some(all);
            RetryDeadLetters { log_seqs, all }.check()
        };
        assert_eq!(retry(None, true), Ok(None));
        assert_eq!(retry(Some(vec![1]), false), Ok(Some(vec![1])));
        assert!(retry(None, false).is_err() && retry(Some(vec![1]), true).is_err());
        assert!(retry(Some(vec![1; 501]), false).is_err());
    }

    #[test]
    fn a_secret_does_not_show() {
        let json = r#"{"secret":"whsec_hush","overlap_secs":604801}"#;
        let rotate: RotateWebhookSecret = serde_json::from_str(json).unwrap();
        assert!(!format!("{rotate:?}").contains("hush"));
        assert!(rotate.overlap().is_err());
        assert_eq!(RotateWebhookSecret::default().overlap(), Ok(86_400));
    }
}
