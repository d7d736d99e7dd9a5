use std::{fmt, str::FromStr};

use url::Url;

/// Where a web page comes from: scheme, host and port, as the `Origin` header names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

/// Text that is not an origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an origin like https://example.com:8443")]
pub struct NotAnOrigin(String);

impl FromStr for Origin {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let refuse = || NotAnOrigin(text.chars().take(200).collect());
        let url = Url::parse(text).map_err(|_| refuse())?;
        // Only an origin: with anything around the host it is some other thing that merely contains one.
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
            && matches!(url.path(), "" | "/")
            && !text.ends_with('/')
            && !text.contains('\\');
        let host = url
            .host_str()
            .filter(|host| bare && !host.is_empty())
            .ok_or_else(refuse)?;
        Ok(Self {
            scheme: url.scheme().to_owned(),
            host: host.to_ascii_lowercase(),
            port: url.port_or_known_default(),
        })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// Whether a request with this `Origin` header may open a socket. An empty list admits everybody.
pub(crate) fn admits(allowed: &[Origin], header: Option<&[u8]>) -> bool {
    if allowed.is_empty() {
        return true;
    }
    let origin = header
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .and_then(|text| text.parse().ok());
    origin.is_some_and(|origin: Origin| allowed.contains(&origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed() -> Vec<Origin> {
        ["https://good.com", "http://localhost:5173"]
            .map(|text| text.parse().unwrap())
            .to_vec()
    }

    #[test]
    fn the_listed_origins_are_admitted_whatever_the_case_of_the_host() {
        for good in [
            "https://good.com",
            "https://GOOD.com",
            "https://good.com:443",
            "http://localhost:5173",
        ] {
            assert!(admits(&allowed(), Some(good.as_bytes())), "{good}");
        }
    }

    #[test]
    fn foreign_missing_and_null_origins_are_refused() {
        let foreign = [
            "https://good.com.evil.com",
            "https://evilgood.com",
            "https://sub.good.com",
            "https://good.com:8443",
            "http://good.com",
            "https://good.com@evil.com",
            "https://evil.com/https://good.com",
            "https://good.com/",
            "https://good.com\\.evil.com",
            "http://localhost",
            "null",
            "",
        ];
        for bad in foreign {
            assert!(!admits(&allowed(), Some(bad.as_bytes())), "{bad}");
        }
        assert!(!admits(&allowed(), None));
        assert!(!admits(&allowed(), Some(b"https://good.com\xff")));
    }

    #[test]
    fn without_a_list_everybody_is_admitted() {
        assert!(admits(&[], None));
        assert!(admits(&[], Some(b"https://anything.example")));
    }
}
