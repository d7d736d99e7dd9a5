use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use mtchat_protocol::{ClientFrame, ServerFrame};
use tokio::{
    net::TcpStream,
    time::{Instant, interval_at, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{self, Message, protocol::CloseFrame},
};
use url::Url;

use super::{backoff::Backoff, identity::Identity, place::Place, show::Show};

const CONNECT_WITHIN: Duration = Duration::from_secs(10);
const WRITE_WITHIN: Duration = Duration::from_secs(10);
const PING_EVERY: Duration = Duration::from_secs(25);
/// Two pings without an answer.
const SILENCE: Duration = Duration::from_secs(60);
/// The token has expired: the one close of its kind after which a new token helps.
const EXPIRED: u16 = 4101;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Why a connection ended.
pub(super) enum Ended {
    /// Enough was seen, or nobody reads what we show any more.
    Done,
    /// Something passing: connect again.
    Lost(String),
    /// Trying again would not help.
    Refused(String),
}

/// One connection.
pub(super) struct Session<'a> {
    pub(super) address: &'a Url,
    pub(super) identity: &'a Identity,
    pub(super) show: &'a mut Show,
    pub(super) place: &'a mut Place,
    pub(super) messages: &'a mut u64,
    pub(super) count: Option<u64>,
}

impl Session<'_> {
    /// Connects and shows what comes, until it ends.
    pub(super) async fn run(&mut self, backoff: &mut Backoff) -> Ended {
        if self.count == Some(0) {
            return Ended::Done;
        }
        match self.connect().await {
            Ok(socket) => self.follow(socket, backoff).await,
            Err(ended) => ended,
        }
    }

    async fn connect(&self) -> Result<Socket, Ended> {
        let token = self
            .identity
            .token()
            .map_err(|error| Ended::Refused(error.to_string()))?;
        let mut url = self.address.clone();
        if let Identity::Named(user) = self.identity {
            url.query_pairs_mut().append_pair("user_id", user.as_str());
            if let Some((epoch, pos)) = self.place.known() {
                url.query_pairs_mut()
                    .append_pair("epoch", &epoch.0)
                    .append_pair("pos", &pos.to_string());
            }
        }
        let connecting = connect_async_with_config(url.as_str(), None, true);
        let (mut socket, _) = match timeout(CONNECT_WITHIN, connecting).await {
            Ok(Ok(connected)) => connected,
            Ok(Err(error)) => return Err(refusal(&error)),
            Err(_) => {
                return Err(Ended::Lost(format!(
                    "no answer within {} s",
                    CONNECT_WITHIN.as_secs()
                )));
            }
        };
        // In a frame and not in the address, where proxies would write it into their logs.
        if let Some(token) = token {
            let (epoch, pos) = self.place.known().cloned().unzip();
            send(&mut socket, &ClientFrame::Auth { token, epoch, pos }).await?;
        }
        Ok(socket)
    }

    async fn follow(&mut self, mut socket: Socket, backoff: &mut Backoff) -> Ended {
        let mut pings = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        let mut heard = Instant::now();
        loop {
            let received = tokio::select! {
                received = socket.next() => received,
                _ = pings.tick() => {
                    if heard.elapsed() >= SILENCE {
                        return Ended::Lost("the server is silent".to_owned());
                    }
                    match send(&mut socket, &ClientFrame::Ping).await {
                        Ok(()) => continue,
                        Err(ended) => return ended,
                    }
                }
            };
            heard = Instant::now();
            match received {
                Some(Ok(Message::Text(text))) => {
                    if let Some(ended) = self.take(&text, backoff) {
                        // The server should hear that we go; whether it does changes nothing for us.
                        let _ = timeout(Duration::from_secs(1), socket.close(None)).await;
                        return ended;
                    }
                }
                Some(Ok(Message::Close(frame))) => return self.closed(frame.as_ref()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Ended::Lost(format!("the connection broke: {error}")),
                None => return Ended::Lost("the connection ended".to_owned()),
            }
        }
    }

    fn take(&mut self, text: &str, backoff: &mut Backoff) -> Option<Ended> {
        let frame: Option<ServerFrame> = serde_json::from_str(text).ok();
        if let Some(frame) = &frame {
            self.place.pass(frame);
            backoff.reset();
        }
        match &frame {
            Some(ServerFrame::Pong { .. }) => return None,
            Some(ServerFrame::Connected(connected)) if connected.recovered == Some(false) => self.lost_some(),
            Some(ServerFrame::Resumed { recovered: false, .. }) => self.lost_some(),
            _ => {}
        }
        if self.show.frame(text, frame.as_ref()).is_err() {
            return Some(Ended::Done);
        }
        if matches!(frame, Some(ServerFrame::MessageNew(_))) {
            *self.messages += 1;
        }
        self.count
            .is_some_and(|count| *self.messages >= count)
            .then_some(Ended::Done)
    }

    fn lost_some(&self) {
        self.show
            .notice("what came in between can not be had again here: read the history");
    }

    fn closed(&self, frame: Option<&CloseFrame>) -> Ended {
        let Some(frame) = frame else {
            return Ended::Lost("the server closed the connection".to_owned());
        };
        let code = u16::from(frame.code);
        let reason = if frame.reason.is_empty() {
            format!("code {code}")
        } else {
            format!("{} ({code})", frame.reason)
        };
        match code {
            EXPIRED if self.identity.renews() => Ended::Lost(reason),
            4100..=4199 => Ended::Refused(reason),
            _ => Ended::Lost(format!("the server closed the connection: {reason}")),
        }
    }
}

async fn send(socket: &mut Socket, frame: &ClientFrame) -> Result<(), Ended> {
    let text = serde_json::to_string(frame).map_err(|error| Ended::Refused(error.to_string()))?;
    match timeout(WRITE_WITHIN, socket.send(Message::text(text))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Ended::Lost(format!("the connection broke: {error}"))),
        Err(_) => Err(Ended::Lost("the server does not read".to_owned())),
    }
}

/// An answer of 4xx stays the same however often we ask, those that mean «later» aside.
fn refusal(error: &tungstenite::Error) -> Ended {
    let tungstenite::Error::Http(response) = error else {
        return Ended::Lost(error.to_string());
    };
    let status = response.status();
    let said = response
        .body()
        .as_deref()
        .and_then(said)
        .unwrap_or_else(|| status.to_string());
    if status.is_client_error() && !matches!(status.as_u16(), 408 | 425 | 429) {
        Ended::Refused(said)
    } else {
        Ended::Lost(said)
    }
}

fn said(body: &[u8]) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    Some(body.pointer("/error/message")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use tungstenite::http::Response;

    use super::*;

    fn answered(status: u16) -> Ended {
        let body = br#"{"error":{"code":"UNAUTHORIZED","message":"the token is not valid"}}"#.to_vec();
        let response = Response::builder().status(status).body(Some(body)).unwrap();
        refusal(&tungstenite::Error::Http(Box::new(response)))
    }

    #[test]
    fn only_what_passes_is_tried_again() {
        for status in [400, 401, 403, 404] {
            assert!(
                matches!(answered(status), Ended::Refused(said) if said == "the token is not valid"),
                "{status}"
            );
        }
        for status in [429, 500, 502, 503] {
            assert!(matches!(answered(status), Ended::Lost(_)), "{status}");
        }
        let io = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        assert!(matches!(refusal(&tungstenite::Error::Io(io)), Ended::Lost(_)));
    }
}
