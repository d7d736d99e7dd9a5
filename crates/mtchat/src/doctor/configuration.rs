use super::Finding;
use crate::settings::{Purpose, Settings};

/// What edges and workers would say at their start.
pub(super) fn examine(settings: &Settings) -> Vec<Finding> {
    let mut findings: Vec<Finding> = settings
        .problems(Purpose::Up)
        .into_iter()
        .map(|problem| Finding::problem("configuration", problem))
        .collect();
    if settings.development {
        let why = "MTCHAT_ENVIRONMENT is development: weak secrets and the default database are let through";
        findings.push(Finding::warning("configuration", why));
        findings.extend(
            settings
                .auth
                .weak_secrets()
                .into_iter()
                .map(|weak| Finding::warning("secrets", weak)),
        );
    }
    if !settings.auth.jwt_enabled {
        let why = "AUTHENTICATION IS OFF: everybody who reaches this server can be anybody (JWT_AUTH_ENABLED is not true)";
        findings.push(Finding::warning("authentication", why));
    }
    if settings.auth.scope_header_trusted {
        let why = "SCOPE_HEADER_TRUSTED is on: whoever holds a token without scopes chooses their own";
        findings.push(Finding::warning("authentication", why));
    }
    findings.extend(
        settings
            .auth
            .warnings()
            .into_iter()
            .map(|warning| Finding::warning("authentication", warning)),
    );
    findings.extend(
        settings
            .webhooks
            .warnings()
            .into_iter()
            .map(|warning| Finding::warning("webhooks", warning)),
    );
    if findings.is_empty() {
        findings.push(Finding::ok("configuration", "complete, with strong secrets"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Sources;

    fn verdicts<const N: usize>(variables: [(&str, &str); N]) -> String {
        let sources = Sources {
            environment: variables.into_iter().collect(),
            ..Sources::default()
        };
        let findings = examine(&Settings::load(&sources, Purpose::Inspect).unwrap());
        findings
            .iter()
            .map(|finding| format!("{:?}: {}\n", finding.verdict, finding.says))
            .collect()
    }

    #[test]
    fn an_empty_configuration_is_told_what_it_needs() {
        let says = verdicts([]);
        assert!(
            says.contains("Problem: authentication is off and 0.0.0.0 is open"),
            "{says}"
        );
        assert!(says.contains("Problem: DATABASE_URL is not set"), "{says}");
        assert!(says.contains("Warning: ADMIN_API_TOKEN is not set"), "{says}");
    }

    #[test]
    fn weak_secrets_are_a_problem_or_in_development_a_warning() {
        let weak = ("ADMIN_API_TOKEN", "changeme");
        assert!(verdicts([weak]).contains("Problem: ADMIN_API_TOKEN is a known default"));
        let development = ("MTCHAT_ENVIRONMENT", "development");
        assert!(verdicts([weak, development]).contains("Warning: ADMIN_API_TOKEN is a known default"));
    }
}
