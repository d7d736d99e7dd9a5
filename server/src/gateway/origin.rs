use std::{fmt, str::FromStr};

use http::{HeaderMap, header::ORIGIN};
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
            .filter(|host| bare && !host.is_empty() && !host.contains('*'))
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

/// The page that a request comes from: `None` when it names none, more than one, or what is no origin, such as `null`.
pub(crate) fn origin_of(headers: &HeaderMap) -> Option<Origin> {
    let mut all = headers.get_all(ORIGIN).iter();
    let (Some(only), None) = (all.next(), all.next()) else {
        return None;
    };
    only.to_str().ok()?.parse().ok()
}

/// Whether a page of this origin may open a socket. An empty list admits everybody.
pub(crate) fn admits(allowed: &[Origin], origin: Option<&Origin>) -> bool {
    allowed.is_empty() || origin.is_some_and(|origin| allowed.contains(origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a request with these headers is admitted.
    fn admits(allowed: &[Origin], origins: &[&[u8]]) -> bool {
        let mut headers = HeaderMap::new();
        for origin in origins {
            headers.append(ORIGIN, http::HeaderValue::from_bytes(origin).unwrap());
        }
        super::admits(allowed, origin_of(&headers).as_ref())
    }

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
            assert!(admits(&allowed(), &[good.as_bytes()]), "{good}");
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
            "*",
            "",
        ];
        for bad in foreign {
            assert!(!admits(&allowed(), &[bad.as_bytes()]), "{bad}");
        }
        assert!(!admits(&allowed(), &[]));
        assert!(!admits(&allowed(), &[b"https://good.com\xff"]));
        assert!(!admits(&allowed(), &[b"https://good.com", b"https://evil.com"]));
        assert!("https://*.good.com".parse::<Origin>().is_err());
    }

    #[test]
    fn without_a_list_everybody_is_admitted() {
        assert!(admits(&[], &[]));
        assert!(admits(&[], &[b"https://anything.example"]));
    }
}
