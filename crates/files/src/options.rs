use std::{fmt, net::Ipv4Addr, time::Duration};

use url::Url;

/// Where files are kept and how links to them are made.
#[derive(Clone)]
pub struct FileOptions {
    /// The store's URL as servers reach it.
    pub endpoint: String,
    /// The same as browsers reach it: the host in links. Without it, `endpoint`.
    pub public_endpoint: Option<String>,
    /// The bucket that holds everything.
    pub bucket: String,
    /// The region that requests are signed for.
    pub region: String,
    /// Who signs.
    pub access_key_id: String,
    /// What is signed with. It leaves the process in no form.
    pub secret_access_key: String,
    /// Whether the bucket is a part of the path and not of the host's name.
    pub path_style: bool,
    /// Whether a missing bucket is made and its CORS rules are kept, or both are the operator's.
    pub create_bucket: bool,
    /// How long one question to the store may take, a second try included. Where the store itself moves bytes (a copy, the
    /// completion of parts), it is three times as long.
    pub timeout: Duration,
}

/// The options can not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileOptionsError {
    /// No store takes such a name.
    #[error(
        "the bucket's name must be 3 to 63 small letters, digits, dots and hyphens, begin and end with a letter or \
         digit, and be no IP address: {0:?}"
    )]
    Bucket(String),
    /// One of the addresses can not be used.
    #[error("the {which} {reason}")]
    Endpoint {
        /// Which one.
        which: &'static str,
        /// What is wrong with it. The address itself may hold a password, so it is not told.
        reason: &'static str,
    },
    /// Something has to be given and is not.
    #[error("the {0} is missing")]
    Missing(&'static str),
    /// Nothing can be answered in no time.
    #[error("the timeout must be longer than nothing")]
    Timeout,
}

impl FileOptions {
    /// How long one question to the store may take where nobody says otherwise.
    pub const TIMEOUT: Duration = Duration::from_secs(10);

    /// Whether these options can be used at all. Asks nobody.
    pub fn check(&self) -> Result<(), FileOptionsError> {
        check_endpoint("endpoint", &self.endpoint)?;
        if let Some(endpoint) = &self.public_endpoint {
            check_endpoint("public endpoint", endpoint)?;
        }
        if !is_bucket_name(&self.bucket) {
            return Err(FileOptionsError::Bucket(self.bucket.clone()));
        }
        let needed = [
            ("region", &self.region),
            ("access key id", &self.access_key_id),
            ("secret access key", &self.secret_access_key),
        ];
        for (what, value) in needed {
            if value.trim().is_empty() {
                return Err(FileOptionsError::Missing(what));
            }
        }
        if self.timeout.is_zero() {
            return Err(FileOptionsError::Timeout);
        }
        Ok(())
    }

    /// The address that links are signed for.
    pub(crate) fn link_endpoint(&self) -> &str {
        self.public_endpoint.as_deref().unwrap_or(&self.endpoint)
    }
}

impl fmt::Debug for FileOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("FileOptions")
            .field("endpoint", &self.endpoint)
            .field("public_endpoint", &self.public_endpoint)
            .field("bucket", &self.bucket)
            .field("region", &self.region)
            .field("access_key_id", &self.access_key_id)
            .field("path_style", &self.path_style)
            .field("create_bucket", &self.create_bucket)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

fn check_endpoint(which: &'static str, endpoint: &str) -> Result<(), FileOptionsError> {
    let wrong = |reason| Err(FileOptionsError::Endpoint { which, reason });
    let Ok(url) = Url::parse(endpoint) else {
        return wrong("is no URL");
    };
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return wrong("must begin with http:// or https://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("must not hold a name or a password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return wrong("must not have a query or a fragment");
    }
    Ok(())
}

/// The rules that all stores share; those of single ones only they can tell.
fn is_bucket_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return false;
    };
    (3..=63).contains(&bytes.len())
        && is_plain(*first)
        && is_plain(*last)
        && bytes
            .iter()
            .all(|&byte| is_plain(byte) || matches!(byte, b'-' | b'.'))
        && !name.contains("..")
        && name.parse::<Ipv4Addr>().is_err()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn options() -> FileOptions {
        FileOptions {
            endpoint: "http://store.internal:8333".to_owned(),
            public_endpoint: Some("https://files.example.com".to_owned()),
            bucket: "mtchat-attachments".to_owned(),
            region: "us-east-1".to_owned(),
            access_key_id: "an-id".to_owned(),
            secret_access_key: "hush-hush".to_owned(),
            path_style: true,
            create_bucket: true,
            timeout: FileOptions::TIMEOUT,
        }
    }

    #[test]
    fn usable_options_are_taken() {
        assert_eq!(options().check(), Ok(()));
        for bucket in ["abc", "a.b-c", "0-9", &"a".repeat(63)] {
            let bucket = bucket.to_owned();
            let options = FileOptions { bucket, ..options() };
            assert_eq!(options.check(), Ok(()), "{options:?}");
        }
    }

    #[test]
    fn names_that_no_store_takes_are_refused() {
        let long = "a".repeat(64);
        for bucket in [
            "", "ab", &long, "Files", "-files", "files-", ".files", "a..b", "a_b", "a/b", "10.0.0.1",
        ] {
            let bucket = bucket.to_owned();
            let options = FileOptions { bucket, ..options() };
            assert!(
                matches!(options.check(), Err(FileOptionsError::Bucket(_))),
                "{options:?}"
            );
        }
    }

    #[test]
    fn addresses_that_can_not_be_asked_are_refused() {
        let wrong = [
            "",
            "store:8333",
            "ftp://store",
            "http://",
            "http://me:secret@store",
            "http://store?a=b",
            "http://store#a",
        ];
        for endpoint in wrong {
            let endpoint = endpoint.to_owned();
            let inner = FileOptions {
                endpoint: endpoint.clone(),
                ..options()
            };
            let error = inner.check().unwrap_err();
            assert!(
                matches!(
                    error,
                    FileOptionsError::Endpoint {
                        which: "endpoint",
                        ..
                    }
                ),
                "{endpoint}"
            );
            assert!(!error.to_string().contains("secret"), "{error}");
            let outer = FileOptions {
                public_endpoint: Some(endpoint.clone()),
                ..options()
            };
            let error = outer.check().unwrap_err();
            assert!(
                matches!(
                    error,
                    FileOptionsError::Endpoint {
                        which: "public endpoint",
                        ..
                    }
                ),
                "{endpoint}"
            );
        }
    }

    #[test]
    fn what_is_needed_has_to_be_there() {
        let nothing = || " ".to_owned();
        let missing = [
            FileOptions {
                region: nothing(),
                ..options()
            },
            FileOptions {
                access_key_id: nothing(),
                ..options()
            },
            FileOptions {
                secret_access_key: nothing(),
                ..options()
            },
        ];
        for options in missing {
            assert!(
                matches!(options.check(), Err(FileOptionsError::Missing(_))),
                "{options:?}"
            );
        }
        let timeout = Duration::ZERO;
        assert_eq!(
            FileOptions { timeout, ..options() }.check(),
            Err(FileOptionsError::Timeout)
        );
    }

    #[test]
    fn the_secret_is_not_shown() {
        let shown = format!("{:?}", options());
        assert!(shown.contains("an-id") && !shown.contains("hush"), "{shown}");
    }
}
