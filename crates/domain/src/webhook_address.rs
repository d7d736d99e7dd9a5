use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use http::Uri;
use url::{Host, Url};

/// The longest address.
const MOST_CHARACTERS: usize = 2_048;

/// Names that mean something only inside a network.
const INNER_NAMES: [&str; 6] = [
    "home.arpa",
    "internal",
    "lan",
    "local",
    "localdomain",
    "localhost",
];

/// Which addresses an endpoint may have. Whoever names an endpoint makes this machine send requests, so unless an operator says otherwise
/// they go to the public network only, and nobody on the way can read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WebhookReach {
    /// Also addresses of this machine and of private networks, at any port.
    pub private: bool,
    /// Also without TLS.
    pub plain: bool,
}

/// Where an endpoint takes its requests.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl {
    text: String,
    host: String,
    uri: Uri,
}

/// Text that is no address for an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAWebhookUrl {
    /// Others can read it on the way.
    #[error("it must begin with https://")]
    Insecure,
    /// Where other services listen.
    #[error("its port must be 443, or one above 1023")]
    Port,
    /// Of this machine or of a private network.
    #[error("it is an address of this machine or of a private network")]
    Private,
    /// With a user, a password or a fragment.
    #[error("it must not hold a user, a password or a fragment")]
    Surplus,
    /// Longer than any honest one.
    #[error("it is longer than {MOST_CHARACTERS} characters")]
    TooLong,
    /// Not an address at all.
    #[error("it is not an address like https://host.example/webhooks")]
    Unreadable,
}

impl WebhookUrl {
    /// Read an address, and judge what can be judged without asking anybody. Where a name leads to is judged at each connection.
    pub fn new(text: &str, reach: WebhookReach) -> Result<Self, NotAWebhookUrl> {
        if text.len() > MOST_CHARACTERS {
            return Err(NotAWebhookUrl::TooLong);
        }
        // Reads hosts as browsers do: decimal, octal and hexadecimal forms of addresses are addresses here.
        let url = Url::parse(text).map_err(|_| NotAWebhookUrl::Unreadable)?;
        match url.scheme() {
            "https" => {}
            "http" if reach.plain => {}
            "http" => return Err(NotAWebhookUrl::Insecure),
            _ => return Err(NotAWebhookUrl::Unreadable),
        }
        let host = url.host().ok_or(NotAWebhookUrl::Unreadable)?;
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(NotAWebhookUrl::Surplus);
        }
        if !reach.private {
            if !is_public_host(&host) {
                return Err(NotAWebhookUrl::Private);
            }
            if url.port().is_some_and(|port| port < 1_024 && port != 443) {
                return Err(NotAWebhookUrl::Port);
            }
        }
        Ok(Self {
            host: host.to_string(),
            uri: url.as_str().parse().map_err(|_| NotAWebhookUrl::Unreadable)?,
            text: url.into(),
        })
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its host: what may stand in logs, for the rest may hold a secret.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// As a request takes it.
    pub fn uri(&self) -> Uri {
        self.uri.clone()
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookUrl({})", self.host)
    }
}

/// Whether an address is one of the public network. What is not known to be one is none.
pub fn is_public_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        // This network, private, shared (CGNAT), this machine, link-local with the metadata of clouds.
        [0 | 10 | 127 | 224..=255, ..]
            | [100, 64..=127, ..]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 168, ..]
            | [192, 0, 0 | 2, _]
            | [192, 88, 99, _]
            | [198, 18 | 19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
    )
}

/// Only 2000::/3 is given out at all; v4-mapped, NAT64, unique local, link-local and multicast addresses lie outside of it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let given_out = first & 0xe000 == 0x2000;
    // Of protocols (Teredo among them), documentation, 6to4: they hold or lead to other addresses, or to none.
    let special = (first == 0x2001 && (second < 0x0200 || second == 0x0db8))
        || first == 0x2002
        || (first == 0x3fff && second < 0x1000);
    given_out && !special
}

fn is_public_host(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => is_public_name(name),
        Host::Ipv4(address) => is_public_v4(*address),
        Host::Ipv6(address) => is_public_v6(*address),
    }
}

/// A name without a dot is looked up in the own network, too.
fn is_public_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let inner = |suffix: &str| {
        name.strip_suffix(suffix)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    name.contains('.') && !INNER_NAMES.into_iter().any(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: WebhookReach = WebhookReach {
        private: true,
        plain: true,
    };

    fn refused(text: &str) -> Option<NotAWebhookUrl> {
        WebhookUrl::new(text, WebhookReach::default()).err()
    }

    #[test]
    fn public_addresses_are_taken() {
        for good in [
            "https://host.example/webhooks",
            "https://host.example:8443/webhooks?key=1",
            "https://host.example.:443/",
            "https://93.184.215.14/",
            "https://[2606:4700:4700::1111]/",
            "https://bücher.example/haken",
        ] {
            assert_eq!(refused(good), None, "{good}");
        }
    }

    #[test]
    fn addresses_of_this_machine_and_of_private_networks_are_refused_in_every_form() {
        for private in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://[::1]/",
            "https://0.0.0.0/",
            "https://[::]/",
            "https://169.254.169.254/latest/meta-data/",
            "https://10.0.0.1/",
            "https://172.16.0.1/",
            "https://172.31.255.255/",
            "https://192.168.1.1/",
            "https://100.64.0.1/",
            "https://[fc00::1]/",
            "https://[fd12:3456::1]/",
            "https://[fe80::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://[2001::1]/",
            "https://[ff02::1]/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://2130706433/",
            "https://0177.0.0.1/",
            "https://0x7f.0.0.1/",
            "https://0x7f000001/",
            "https://127.0.0.1./",
            "https://１２７.０.０.１/",
            "https://①②⑦.0.0.1/",
            "https://localhost/",
            "https://localhost./",
            "https://LOCALHOST/",
            "https://a.localhost/",
            "https://metadata.google.internal/",
            "https://printer.local/",
            "https://backend/",
        ] {
            assert_eq!(refused(private), Some(NotAWebhookUrl::Private), "{private}");
        }
    }

    #[test]
    fn what_is_no_https_address_is_refused() {
        for (bad, why) in [
            ("http://host.example/", NotAWebhookUrl::Insecure),
            ("file:///etc/passwd", NotAWebhookUrl::Unreadable),
            ("gopher://host.example/", NotAWebhookUrl::Unreadable),
            ("ftp://host.example/", NotAWebhookUrl::Unreadable),
            ("data:,x", NotAWebhookUrl::Unreadable),
            ("https://", NotAWebhookUrl::Unreadable),
            ("/webhooks", NotAWebhookUrl::Unreadable),
            ("", NotAWebhookUrl::Unreadable),
            ("https://user@host.example/", NotAWebhookUrl::Surplus),
            ("https://user:pw@host.example/", NotAWebhookUrl::Surplus),
            ("https://host.example@10.0.0.1/", NotAWebhookUrl::Surplus),
            ("https://host.example/#a", NotAWebhookUrl::Surplus),
            ("https://host.example:22/", NotAWebhookUrl::Port),
            ("https://host.example:25/", NotAWebhookUrl::Port),
            ("https://host.example:80/", NotAWebhookUrl::Port),
        ] {
            assert_eq!(refused(bad), Some(why), "{bad}");
        }
        let long = format!("https://host.example/{}", "a".repeat(MOST_CHARACTERS));
        assert_eq!(refused(&long), Some(NotAWebhookUrl::TooLong));
    }

    #[test]
    fn an_operator_may_open_the_private_network() {
        for private in [
            "http://127.0.0.1:9/hook",
            "http://backend:80/",
            "https://10.0.0.1/",
        ] {
            assert!(WebhookUrl::new(private, OPEN).is_ok(), "{private}");
        }
        for never in ["file:///etc/passwd", "http://user@backend/", "gopher://backend/"] {
            assert!(WebhookUrl::new(never, OPEN).is_err(), "{never}");
        }
    }

    #[test]
    fn a_name_that_leads_to_a_private_address_is_judged_by_the_address() {
        let is_public = |text: &str| is_public_address(text.parse().unwrap());
        for public in [
            "1.1.1.1",
            "100.128.0.1",
            "172.32.0.1",
            "2606:4700:4700::1111",
            "2a00:1450::1",
        ] {
            assert!(is_public(public), "{public}");
        }
        for private in [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "100.127.0.1",
            "169.254.169.254",
            "192.0.0.8",
            "198.18.0.1",
            "240.0.0.1",
            "::1",
            "::",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "2001:db8::1",
            "3fff::1",
        ] {
            assert!(!is_public(private), "{private}");
        }
    }

    #[test]
    fn only_the_host_shows() {
        let url = WebhookUrl::new("https://host.example/hook?token=hush", WebhookReach::default()).unwrap();
        assert_eq!(format!("{url:?}"), "WebhookUrl(host.example)");
    }
}
