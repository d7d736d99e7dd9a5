use crate::WEBHOOK_EVENTS;

/// The name of the endpoint that is configured; those of the Management API have ids.
pub const CONFIGURED_ENDPOINT: &str = "configured";
/// What an endpoint is told when its host tries it out. It stands in no log and is not asked for by name.
pub const WEBHOOK_TEST: &str = "webhook.test";
/// What the other endpoints of an app are told when one of them is switched off. It stands in no log either.
pub const WEBHOOK_DISABLED: &str = "webhook.disabled";

/// Whether an endpoint may ask for events of this name.
pub fn is_webhook_event(name: &str) -> bool {
    name == WEBHOOK_TEST || name == WEBHOOK_DISABLED || WEBHOOK_EVENTS.contains(&name)
}

/// Those of these names that no event has, in their order.
pub fn unknown_webhook_events(names: &[String]) -> Vec<&str> {
    let names = names.iter().map(String::as_str);
    names.filter(|name| !is_webhook_event(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_the_log_and_notes_may_be_asked_for_and_nothing_else() {
        let asked = [
            "message.new",
            "*",
            "webhook.disabled",
            "message_new",
            "webhook.test",
            "",
        ];
        let asked = asked.map(str::to_owned);
        assert_eq!(unknown_webhook_events(&asked), ["*", "message_new", ""]);
    }
}
