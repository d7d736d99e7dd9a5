use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::HOST, request::Parts},
};

use crate::Edge;

/// Under which address the caller reached this edge: as the operator says, or else as the request does. It only goes back to who asked,
/// so a made-up host misleads nobody else.
#[derive(Debug, Clone)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromRequestParts<Edge> for BaseUrl {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Infallible> {
        if let Some(url) = &edge.options.public_url {
            return Ok(Self(url.clone()));
        }
        let behind_proxy = edge.options.limits.trusted_proxies > 0;
        let bind = edge.options.bind.to_string();
        Ok(Self(reached(&parts.headers, behind_proxy, &bind)))
    }
}

fn reached(headers: &HeaderMap, behind_proxy: bool, bind: &str) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_host = |host: &&str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte);
        !host.is_empty() && host.len() <= 255 && host.bytes().all(plain)
    };
    let host = text(HOST.as_str()).filter(is_host).unwrap_or(bind);
    let secure = behind_proxy && text("x-forwarded-proto") == Some("https");
    format!("{}://{host}", if secure { "https" } else { "http" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(list: &[(&'static str, &str)], behind_proxy: bool) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in list {
            headers.insert(*name, value.parse().unwrap());
        }
        reached(&headers, behind_proxy, "127.0.0.1:1")
    }

    #[test]
    fn the_address_is_the_one_that_was_asked() {
        assert_eq!(
            of(&[("host", "chat.example:8080")], false),
            "http://chat.example:8080"
        );
        assert_eq!(of(&[("host", "[::1]:8080")], false), "http://[::1]:8080");
        assert_eq!(of(&[], false), "http://127.0.0.1:1");
        assert_eq!(of(&[("host", "a/b\"c")], false), "http://127.0.0.1:1");
    }

    #[test]
    fn only_a_proxy_says_that_it_was_asked_securely() {
        let told = [("host", "chat.example"), ("x-forwarded-proto", "https")];
        assert_eq!(of(&told, true), "https://chat.example");
        assert_eq!(of(&told, false), "http://chat.example");
    }
}
