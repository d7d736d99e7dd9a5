use std::fmt::Write as _;

use mtchat_storage::{StoredApp, StoredLimits};

use super::choice::RateText;

/// All apps, without anything secret.
pub(super) fn listed(apps: &[StoredApp]) -> String {
    if apps.is_empty() {
        return "There is no app beside the configured one; `mtchat app create NAME` makes one.\n".to_owned();
    }
    let mut text = String::new();
    for app in apps {
        let state = if app.enabled { "" } else { "  (shut out)" };
        let _ = writeln!(text, "{}{state}  since {}", app.id, app.created_at);
        for (number, token) in (1..).zip(&app.admin_tokens) {
            let _ = writeln!(
                text,
                "  token {number}  sha256 {:02x}{:02x}{:02x}{:02x}…",
                token[0], token[1], token[2], token[3]
            );
        }
        for (number, key) in (1..).zip(&app.keys) {
            let _ = writeln!(text, "  key {number}    {}", key.algorithm);
        }
        if let Some(url) = &app.jwks_url {
            // Behind the question mark may stand a secret.
            let public = url.split_once('?').map_or(url.as_str(), |(public, _)| public);
            let _ = writeln!(text, "  keys at  {public}");
        }
        for audience in &app.audience {
            let _ = writeln!(text, "  audience {audience}");
        }
        for issuer in &app.issuer {
            let _ = writeln!(text, "  issuer   {issuer}");
        }
        for origin in &app.origins {
            let _ = writeln!(text, "  page     {origin}");
        }
        for limit in limits(app.limits) {
            let _ = writeln!(text, "  limit    {limit}");
        }
    }
    text
}

/// Those of its own.
fn limits(limits: StoredLimits) -> impl Iterator<Item = String> {
    let rate = |name: &str, rate| format!("{name} {}", RateText(rate));
    let number = |name: &str, number| format!("{name} {number}");
    [
        limits.app.map(|own| rate("app-rate", own)),
        limits.user.map(|own| rate("user-rate", own)),
        limits.sockets.map(|own| number("sockets", own)),
        limits
            .dialogs_per_minute
            .map(|own| number("dialogs-per-minute", own)),
        limits.participants.map(|own| number("participants", own)),
        limits.file_bytes.map(|own| number("file-bytes", own)),
    ]
    .into_iter()
    .flatten()
}
