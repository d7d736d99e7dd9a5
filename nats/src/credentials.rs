use async_nats::{ConnectOptions, ServerAddr};
use percent_encoding::percent_decode_str;

use crate::BrokerError;

/// With what we come in, out of the addresses: the client library does not look for it there.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Credentials {
    None,
    Token(String),
    User { name: String, password: String },
}

impl Credentials {
    /// Those of all these addresses. One that has none, beside others with some, takes theirs.
    pub(crate) fn of(addresses: &[ServerAddr]) -> Result<Self, BrokerError> {
        let mut found = Self::None;
        for address in addresses {
            let one = Self::in_address(address).ok_or(BrokerError::Credentials)?;
            match (&found, &one) {
                (_, Self::None) => {}
                (Self::None, _) => found = one,
                (known, one) if known == one => {}
                _ => return Err(BrokerError::Credentials),
            }
        }
        Ok(found)
    }

    fn in_address(address: &ServerAddr) -> Option<Self> {
        let plain = |text: &str| Some(percent_decode_str(text).decode_utf8().ok()?.into_owned());
        Some(match (address.username(), address.password()) {
            (None, _) => Self::None,
            (Some(token), None) => Self::Token(plain(token)?),
            (Some(name), Some(password)) => Self::User {
                name: plain(name)?,
                password: plain(password)?,
            },
        })
    }

    /// A connection that comes in with them.
    pub(crate) fn on(&self, options: ConnectOptions) -> ConnectOptions {
        match self {
            Self::None => options,
            Self::Token(token) => options.token(token.clone()),
            Self::User { name, password } => options.user_and_password(name.clone(), password.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(urls: &[&str]) -> Result<Credentials, BrokerError> {
        let addresses: Vec<ServerAddr> = urls.iter().map(|url| url.parse().unwrap()).collect();
        Credentials::of(&addresses)
    }

    fn user(name: &str, password: &str) -> Credentials {
        Credentials::User {
            name: name.to_owned(),
            password: password.to_owned(),
        }
    }

    #[test]
    fn what_stands_in_the_addresses_is_used() {
        let cases = [
            (&["nats://a:4222"][..], Credentials::None),
            (&["nats://mtchat:secret@a"], user("mtchat", "secret")),
            (&["tls://mt%40chat:p%3Aw%2F%25@a"], user("mt@chat", "p:w/%")),
            (&["nats://s3cret@a"], Credentials::Token("s3cret".to_owned())),
            (&["nats://u:p@a", "nats://u:p@b"], user("u", "p")),
            (&["nats://a", "nats://u:p@b"], user("u", "p")),
        ];
        for (urls, expected) in cases {
            assert!(of(urls).is_ok_and(|found| found == expected), "{urls:?}");
        }
    }

    #[test]
    fn servers_of_one_cluster_know_the_same_users() {
        for urls in [
            ["nats://u:p@a", "nats://u:q@b"],
            ["nats://u:p@a", "nats://u@b"],
            ["nats://u:%ff@a", "nats://b"],
        ] {
            assert!(matches!(of(&urls), Err(BrokerError::Credentials)), "{urls:?}");
        }
    }
}
