use url::Url;

use super::ListenError;

const PATH: &str = "/api/v1/ws";

/// The WebSocket of an edge, from the address of the edge or of the socket itself.
pub(super) fn websocket(address: &str) -> Result<Url, ListenError> {
    let wrong = |why: &str| ListenError::Address(format!("{address} is no address of a server: {why}"));
    let mut url = Url::parse(address).map_err(|error| wrong(&error.to_string()))?;
    let scheme = match url.scheme() {
        "http" | "ws" => "ws",
        "https" | "wss" => {
            return Err(wrong(
                "TLS is not spoken here; connect to the edge itself, or through a tunnel",
            ));
        }
        _ => return Err(wrong("it must begin with ws:// or http://")),
    };
    url.set_scheme(scheme)
        .map_err(|()| wrong("it must begin with ws:// or http://"))?;
    if matches!(url.path(), "" | "/" | "/api/v1" | "/api/v1/") {
        url.set_path(PATH);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_the_server_is_enough() {
        for address in [
            "http://127.0.0.1:8080",
            "ws://127.0.0.1:8080/",
            "http://127.0.0.1:8080/api/v1/",
        ] {
            assert_eq!(
                websocket(address).unwrap().as_str(),
                "ws://127.0.0.1:8080/api/v1/ws"
            );
        }
        assert_eq!(
            websocket("ws://chat/edge/ws").unwrap().as_str(),
            "ws://chat/edge/ws"
        );
        for wrong in ["wss://chat", "ftp://chat", "chat:8080", "127.0.0.1:8080", ""] {
            assert!(websocket(wrong).is_err(), "{wrong} was taken");
        }
    }
}
