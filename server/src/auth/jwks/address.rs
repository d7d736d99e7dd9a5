use std::{fmt, str::FromStr};

use http::Uri;
use url::{Host, Url};

/// The longest address.
const MOST_CHARACTERS: usize = 2_048;

/// Where an app publishes its keys. Only what nobody on the way can change: `https`, or `http` that does not leave the machine.
#[derive(Clone, PartialEq, Eq)]
pub struct JwksUrl {
    text: String,
    host: String,
    uri: Uri,
}

/// Text that is no address for keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAJwksUrl {
    /// `http`, or something else that others can change on the way.
    #[error("it must begin with https:// (http:// is for loopback addresses only)")]
    Insecure,
    /// With a user, a password or a fragment.
    #[error("it must not hold a user, a password or a fragment")]
    Surplus,
    /// Longer than any honest one.
    #[error("it is longer than {MOST_CHARACTERS} characters")]
    TooLong,
    /// Not an address at all.
    #[error("it is not an address like https://id.example/.well-known/jwks.json")]
    Unreadable,
}

impl JwksUrl {
    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its host: what may stand in logs, for the rest may hold a secret.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// As a request takes it.
    pub(super) fn uri(&self) -> Uri {
        self.uri.clone()
    }
}

impl FromStr for JwksUrl {
    type Err = NotAJwksUrl;

    fn from_str(text: &str) -> Result<Self, NotAJwksUrl> {
        if text.len() > MOST_CHARACTERS {
            return Err(NotAJwksUrl::TooLong);
        }
        let url = Url::parse(text).map_err(|_| NotAJwksUrl::Unreadable)?;
        let host = url.host().ok_or(NotAJwksUrl::Unreadable)?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&host) => {}
            _ => return Err(NotAJwksUrl::Insecure),
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(NotAJwksUrl::Surplus);
        }
        Ok(Self {
            host: host.to_string(),
            uri: url.as_str().parse().map_err(|_| NotAJwksUrl::Unreadable)?,
            text: url.into(),
        })
    }
}

impl fmt::Debug for JwksUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JwksUrl({})", self.host)
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_taken_and_http_on_this_machine_only() {
        for good in [
            "https://id.example/.well-known/jwks.json",
            "https://id.example:8443/keys?realm=a",
            "http://127.0.0.1:9/jwks",
            "http://[::1]/jwks",
            "http://localhost:8080/jwks",
        ] {
            assert!(good.parse::<JwksUrl>().is_ok(), "{good}");
        }
        for insecure in [
            "http://id.example/jwks",
            "http://localhost.id.example/jwks",
            "http://127.0.0.1.id.example/jwks",
            "http://10.0.0.1/jwks",
            "ftp://127.0.0.1/jwks",
        ] {
            assert_eq!(
                insecure.parse::<JwksUrl>(),
                Err(NotAJwksUrl::Insecure),
                "{insecure}"
            );
        }
        for unreadable in ["", "jwks", "/jwks", "https://", "file:///etc/passwd", "data:,x"] {
            assert!(unreadable.parse::<JwksUrl>().is_err(), "{unreadable}");
        }
    }

    #[test]
    fn what_does_not_belong_to_an_address_is_refused() {
        for surplus in [
            "https://a:b@id.example/",
            "https://a@id.example/",
            "https://id.example/#a",
        ] {
            assert_eq!(surplus.parse::<JwksUrl>(), Err(NotAJwksUrl::Surplus), "{surplus}");
        }
        let long = format!("https://id.example/{}", "a".repeat(MOST_CHARACTERS));
        assert_eq!(long.parse::<JwksUrl>(), Err(NotAJwksUrl::TooLong));
    }

    #[test]
    fn only_the_host_shows() {
        let url: JwksUrl = "https://id.example/keys?token=hush".parse().unwrap();
        assert_eq!(format!("{url:?}"), "JwksUrl(id.example)");
    }
}
