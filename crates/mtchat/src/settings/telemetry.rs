use std::time::Duration;

use hyper::{
    Uri,
    header::{HeaderName, HeaderValue},
};
use mtchat_traces::Sampler;
use sentry_core::types::Dsn;
use serde::Deserialize;

use super::Secret;
use crate::{reports::ReportOptions, traces::TraceOptions};

/// The only one that is spoken.
const PROTOCOL: &str = "http/protobuf";
/// Where a collector takes spans, below its endpoint.
const TRACES_PATH: &str = "/v1/traces";
const SERVICE_NAME: &str = "service.name";

/// `[telemetry]`: where traces and reports of errors go.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TelemetrySettings {
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`. A collector; switches traces on.
    pub otlp_endpoint: Option<String>,
    /// `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`. The same with the whole path; wins.
    pub otlp_traces_endpoint: Option<String>,
    /// `OTEL_EXPORTER_OTLP_PROTOCOL`. How it is spoken to.
    pub otlp_protocol: String,
    /// `OTEL_EXPORTER_OTLP_HEADERS`. What each request carries besides.
    pub otlp_headers: Option<Secret<String>>,
    /// `OTEL_EXPORTER_OTLP_TIMEOUT`. How long a batch may take.
    pub otlp_timeout_ms: u64,
    /// `OTEL_SERVICE_NAME`. As what this process is known.
    pub service_name: Option<String>,
    /// `OTEL_RESOURCE_ATTRIBUTES`. What else is said of it.
    pub resource_attributes: Option<String>,
    /// `OTEL_TRACES_SAMPLER`. Which traces are recorded.
    pub traces_sampler: String,
    /// `OTEL_TRACES_SAMPLER_ARG`. What part of them.
    pub traces_sampler_arg: Option<String>,
    /// `SENTRY_DSN`. Where reports of errors go.
    pub sentry_dsn: Option<Secret<String>>,
}

impl Default for TelemetrySettings {
    fn default() -> Self {
        Self {
            otlp_endpoint: None,
            otlp_traces_endpoint: None,
            otlp_protocol: PROTOCOL.to_owned(),
            otlp_headers: None,
            otlp_timeout_ms: 10_000,
            service_name: None,
            resource_attributes: None,
            traces_sampler: "parentbased_always_on".to_owned(),
            traces_sampler_arg: None,
            sentry_dsn: None,
        }
    }
}

impl TelemetrySettings {
    /// Where spans go, of a process that is known by this name unless another one is set; `None` where traces are off.
    pub(crate) fn trace_options(&self, name: &str) -> Option<TraceOptions> {
        let mut resource = self.resource().ok()?;
        let own = self.service_name.clone();
        if let Some(own) = own {
            resource.retain(|(key, _)| key != SERVICE_NAME);
            resource.push((SERVICE_NAME.to_owned(), own));
        }
        for (key, value) in [
            (SERVICE_NAME, name),
            ("service.version", env!("CARGO_PKG_VERSION")),
        ] {
            if !resource.iter().any(|(known, _)| known == key) {
                resource.push((key.to_owned(), value.to_owned()));
            }
        }
        Some(TraceOptions {
            // What is none of these is a problem, so a process never starts with something else than was named.
            endpoint: self.endpoint()?.ok()?,
            headers: self.headers().ok()?,
            timeout: Duration::from_millis(self.otlp_timeout_ms),
            sampler: self.sampler().ok()?,
            resource,
        })
    }

    /// Where reports of errors of this process go; `None` where they are off.
    pub(crate) fn report_options(&self, service: &'static str, development: bool) -> Option<ReportOptions> {
        Some(ReportOptions {
            dsn: self.sentry_dsn.as_ref()?.expose().parse().ok()?,
            service,
            environment: if development { "development" } else { "production" },
        })
    }

    pub(super) fn validate(&self, problems: &mut Vec<String>) {
        if let Some(Err(error)) = self.endpoint() {
            problems.push(error);
        }
        if self.otlp_protocol != PROTOCOL {
            problems.push(format!("OTEL_EXPORTER_OTLP_PROTOCOL must be {PROTOCOL}"));
        }
        if self.otlp_timeout_ms == 0 {
            problems.push("OTEL_EXPORTER_OTLP_TIMEOUT must be at least 1".to_owned());
        }
        let dsn = self.sentry_dsn.as_ref().map(|dsn| dsn.expose().parse::<Dsn>());
        if matches!(dsn, Some(Err(_))) {
            problems.push("SENTRY_DSN must be as Sentry gives it: https://KEY@HOST/PROJECT".to_owned());
        }
        let found = [self.headers().err(), self.resource().err(), self.sampler().err()];
        problems.extend(found.into_iter().flatten());
    }

    fn endpoint(&self) -> Option<Result<Uri, String>> {
        let (name, url) = match (&self.otlp_traces_endpoint, &self.otlp_endpoint) {
            (Some(whole), _) => ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", whole.clone()),
            (None, Some(base)) => (
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                format!("{}{TRACES_PATH}", base.trim_end_matches('/')),
            ),
            (None, None) => return None,
        };
        let uri = url.parse::<Uri>().ok();
        let uri =
            uri.filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some());
        Some(uri.ok_or_else(|| format!("{name} must begin with http:// or https:// and name a host")))
    }

    fn headers(&self) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
        let wrong = || "OTEL_EXPORTER_OTLP_HEADERS must be `name=value`, separated by commas".to_owned();
        let text = self
            .otlp_headers
            .as_ref()
            .map(|headers| headers.expose().as_str());
        let read = |(name, value): (String, String)| {
            let mut value = HeaderValue::from_str(&value).ok()?;
            value.set_sensitive(true);
            Some((HeaderName::try_from(name).ok()?, value))
        };
        let pairs = pairs(text.unwrap_or_default()).ok_or_else(wrong)?;
        pairs
            .into_iter()
            .map(|pair| read(pair).ok_or_else(wrong))
            .collect()
    }

    fn resource(&self) -> Result<Vec<(String, String)>, String> {
        pairs(self.resource_attributes.as_deref().unwrap_or_default())
            .ok_or_else(|| "OTEL_RESOURCE_ATTRIBUTES must be `key=value`, separated by commas".to_owned())
    }

    fn sampler(&self) -> Result<Sampler, String> {
        let sampler: Sampler = self.traces_sampler.parse().map_err(|()| {
            "OTEL_TRACES_SAMPLER must be always_on, always_off, traceidratio, or one of them after parentbased_".to_owned()
        })?;
        match &self.traces_sampler_arg {
            Some(part) if self.traces_sampler.ends_with("traceidratio") => part
                .parse()
                .ok()
                .filter(|part| (0.0..=1.0).contains(part))
                .map(|part| sampler.with_ratio(part))
                .ok_or_else(|| "OTEL_TRACES_SAMPLER_ARG must be from 0 to 1".to_owned()),
            _ => Ok(sampler),
        }
    }
}

/// `key=value,key=value`, with percent-encoded values; `None`: it is not.
fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    entries
        .map(|entry| {
            let (key, value) = entry.split_once('=')?;
            let key = key.trim();
            if key.is_empty() {
                return None;
            }
            Some((key.to_owned(), decoded(value.trim())?))
        })
        .collect()
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, tail) = tail.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
        rest = tail;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(settings: &TelemetrySettings) -> Vec<String> {
        let mut problems = Vec::new();
        settings.validate(&mut problems);
        problems
    }

    fn with(endpoint: &str) -> TelemetrySettings {
        TelemetrySettings {
            otlp_endpoint: Some(endpoint.to_owned()),
            ..TelemetrySettings::default()
        }
    }

    #[test]
    fn an_endpoint_switches_traces_on() {
        let off = TelemetrySettings::default();
        assert!(problems(&off).is_empty() && off.trace_options("mtchat-edge").is_none());

        let on = TelemetrySettings {
            otlp_headers: Some(Secret::new(
                "authorization=Bearer%20hunter2,x-team=chat".to_owned(),
            )),
            resource_attributes: Some("deployment.environment.name=blue, team=a%2Cb".to_owned()),
            ..with("http://collector:4318/")
        };
        assert_eq!(problems(&on), [""; 0]);
        let options = on.trace_options("mtchat-edge").unwrap();
        assert_eq!(options.endpoint, "http://collector:4318/v1/traces");
        assert_eq!(options.headers[0].1, "Bearer hunter2");
        let of = |key: &str| {
            options
                .resource
                .iter()
                .find(|(known, _)| known == key)
                .map(|(_, value)| value.as_str())
        };
        assert_eq!((of("team"), of(SERVICE_NAME)), (Some("a,b"), Some("mtchat-edge")));
        assert!(!format!("{on:?}").contains("hunter2"));

        let whole = TelemetrySettings {
            otlp_traces_endpoint: Some("https://collector/elsewhere".to_owned()),
            service_name: Some("chat".to_owned()),
            ..on
        };
        let options = whole.trace_options("mtchat-edge").unwrap();
        assert_eq!(options.endpoint, "https://collector/elsewhere");
        assert!(
            options
                .resource
                .contains(&(SERVICE_NAME.to_owned(), "chat".to_owned()))
        );
    }

    #[test]
    fn what_is_not_spoken_is_refused_by_name() {
        let wrong = TelemetrySettings {
            otlp_protocol: "grpc".to_owned(),
            otlp_headers: Some(Secret::new("hunter2".to_owned())),
            otlp_timeout_ms: 0,
            sentry_dsn: Some(Secret::new("hunter2".to_owned())),
            resource_attributes: Some("=a".to_owned()),
            traces_sampler: "traceidratio".to_owned(),
            traces_sampler_arg: Some("7".to_owned()),
            ..with("collector:4317")
        };
        let found = problems(&wrong);
        for name in [
            "ENDPOINT",
            "PROTOCOL",
            "TIMEOUT",
            "HEADERS",
            "ATTRIBUTES",
            "SAMPLER_ARG",
            "SENTRY_DSN",
        ] {
            assert!(
                found.iter().any(|problem| problem.contains(name)),
                "{name}: {found:?}"
            );
        }
        assert_eq!(found.len(), 7, "{found:?}");
        assert!(!found.concat().contains("hunter2"));
        let unknown = TelemetrySettings {
            traces_sampler: "jaeger_remote".to_owned(),
            ..TelemetrySettings::default()
        };
        assert_eq!(problems(&unknown).len(), 1);
        assert_eq!(decoded("a%2"), None);
    }
}
