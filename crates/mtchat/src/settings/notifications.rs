use std::{num::NonZeroU32, time::Duration};

use mtchat_worker::NotificationOptions;
use serde::Deserialize;

use super::seconds;

/// Longer than a day nobody waits to be told.
const MOST_DELAY: Duration = Duration::from_secs(86_400);
const MOST_AT_ONCE: u32 = 256;

/// `[notifications]`: how hosts are told of what users have not read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NotificationSettings {
    /// `NOTIFICATION_DELAY_SECS`. How long a user has to read what was said after quiet; 0: they are told of it at once.
    #[serde(rename = "delay_secs", deserialize_with = "seconds::deserialize")]
    pub delay: Duration,
    /// `NOTIFICATION_CONCURRENCY`. In how many dialogs users are told of it at once.
    pub concurrency: NonZeroU32,
}

impl Default for NotificationSettings {
    fn default() -> Self {
        Self {
            delay: Duration::from_secs(30),
            concurrency: NonZeroU32::MIN.saturating_add(3),
        }
    }
}

impl NotificationSettings {
    /// As the notifier takes them.
    pub(crate) fn notification_options(&self) -> NotificationOptions {
        NotificationOptions {
            delay: self.delay,
            concurrency: self.concurrency.try_into().unwrap_or(std::num::NonZeroUsize::MIN),
        }
    }

    pub(super) fn validate(&self, problems: &mut Vec<String>) {
        if self.delay > MOST_DELAY {
            let most = MOST_DELAY.as_secs();
            problems.push(format!("NOTIFICATION_DELAY_SECS must be from 0 to {most}"));
        }
        if self.concurrency.get() > MOST_AT_ONCE {
            problems.push(format!(
                "NOTIFICATION_CONCURRENCY must be from 1 to {MOST_AT_ONCE}"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_can_mean_is_refused() {
        let mut found = Vec::new();
        NotificationSettings::default().validate(&mut found);
        assert_eq!(found, [""; 0]);
        let wrong = NotificationSettings {
            delay: MOST_DELAY + Duration::from_secs(1),
            concurrency: NonZeroU32::MAX,
        };
        wrong.validate(&mut found);
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn the_defaults_are_those_of_the_notifier() {
        assert_eq!(
            NotificationSettings::default().notification_options(),
            NotificationOptions::default()
        );
    }
}
