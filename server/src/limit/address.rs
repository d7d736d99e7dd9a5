use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{Extensions, HeaderMap};

/// Who is at the other end of the connection that a request came over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// The address that a request is counted against: that of the peer, or, behind so many proxies, what the outermost of them heard.
/// `None` where no peer is known.
pub(crate) fn address(headers: &HeaderMap, extensions: &Extensions, proxies: usize) -> Option<IpAddr> {
    let Peer(peer) = *extensions.get()?;
    let told = proxies.checked_sub(1).and_then(|inner| forwarded(headers, inner));
    Some(counted(told.unwrap_or(peer)))
}

/// The entry with so many entries of proxies after it. What stands before it was written by whoever sent the request.
fn forwarded(headers: &HeaderMap, inner: usize) -> Option<IpAddr> {
    let lists = headers.get_all("x-forwarded-for").iter().rev();
    let entry = lists
        .flat_map(|list| list.to_str().unwrap_or_default().rsplit(','))
        .nth(inner)?
        .trim();
    let with_port = || entry.parse::<SocketAddr>().ok().map(|address| address.ip());
    entry.parse().ok().or_else(with_port)
}

/// Of IPv6 the network: a single client has as many addresses in it as it likes.
fn counted(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(peer: &str, lists: &[&str], proxies: usize) -> String {
        let mut headers = HeaderMap::new();
        for list in lists {
            headers.append("x-forwarded-for", list.parse().unwrap());
        }
        let mut extensions = Extensions::new();
        extensions.insert(Peer(peer.parse().unwrap()));
        address(&headers, &extensions, proxies).unwrap().to_string()
    }

    #[test]
    fn without_proxies_the_header_says_nothing() {
        assert_eq!(read("10.0.0.1", &["1.1.1.1"], 0), "10.0.0.1");
    }

    #[test]
    fn what_the_outermost_proxy_heard_counts_and_not_what_the_client_wrote() {
        let written = ["6.6.6.6, 1.1.1.1"];
        assert_eq!(read("10.0.0.1", &written, 1), "1.1.1.1");
        let two = ["6.6.6.6", "1.1.1.1:80, 10.0.0.2"];
        assert_eq!(read("10.0.0.1", &two, 2), "1.1.1.1");
    }

    #[test]
    fn a_header_that_is_short_or_unreadable_leaves_the_peer() {
        assert_eq!(read("10.0.0.1", &["1.1.1.1"], 2), "10.0.0.1");
        assert_eq!(read("10.0.0.1", &["unknown"], 1), "10.0.0.1");
        assert_eq!(read("10.0.0.1", &[], 1), "10.0.0.1");
    }

    #[test]
    fn the_addresses_of_one_network_are_one() {
        assert_eq!(read("2001:db8:1:2:3:4:5:6", &[], 0), "2001:db8:1:2::");
        assert_eq!(read("::ffff:1.2.3.4", &[], 0), "1.2.3.4");
    }
}
