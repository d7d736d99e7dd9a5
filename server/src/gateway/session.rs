use std::time::Duration;

use axum::{
    Error,
    extract::ws::{Message, Utf8Bytes},
};
use futures_util::{FutureExt, Sink, SinkExt, Stream, StreamExt};
use mtchat_protocol::{DialogId, ErrorCode, ServerFrame, UserId, limits};
use tokio::{select, time::timeout};

use super::{
    Close, Gateway, Origin,
    allowance::Allowance,
    client_frame::{Said, read},
    connection::Connection,
    delivery::text,
    hub::Hub,
    resume::ResumePoint,
    roster::NoSeat,
    seat::{Renewal, Seat},
    typing_throttle::TypingThrottle,
};
use crate::auth::{AuthError, Authenticated, TokenError};

/// How many frames are written before the socket is flushed, and before the client is listened to again.
const BATCH: usize = 64;
/// How long a close may take to be said and answered. Then the connection is dropped, whatever still waits.
const FAREWELL: Duration = Duration::from_secs(2);
/// How many complaints about unreadable text a client gets in one go; then one a second.
const COMPLAINTS: u32 = 10;

/// What a handshake found out about the socket that it leads to.
pub(crate) struct Arrival {
    /// Whose it is; `None`: an `auth` frame must say so.
    pub(crate) who: Option<Authenticated>,
    /// The page that it is for; judged by the handshake where it knew whose it is.
    pub(crate) origin: Option<Origin>,
    pub(crate) point: Option<ResumePoint>,
}

/// How a session ends.
#[derive(Debug)]
enum End {
    /// The connection broke, or what comes over it is no WebSocket conversation.
    Broken,
    /// The server closes; the client may be told why in a frame first.
    Close(Close, Option<ErrorCode>),
    /// The client is gone.
    Gone,
    /// The client closes.
    Left,
}

/// One socket, from the upgrade to its end. The only task of it: no locks of others are held while it waits, and nobody waits for it.
struct Session {
    gateway: Gateway,
    seat: Seat,
    frames: Allowance,
    complaints: Allowance,
    /// The page that it is for, until that is judged.
    origin: Option<Box<Origin>>,
    /// Only of those who ever typed.
    typing: Option<Box<TypingThrottle>>,
}

/// Serve a socket until it ends. Small on purpose: an idle edge is a hundred thousand of these.
pub(crate) async fn serve<S>(mut socket: S, gateway: Gateway, seat: Seat, arrival: Box<Arrival>)
where
    S: Stream<Item = Result<Message, Error>> + Sink<Message, Error = Error> + Unpin,
{
    let now = seat.hub.seconds();
    let frames = Allowance::new(seat.hub.options().frames_burst, now);
    let mut session = Session {
        gateway,
        seat,
        frames,
        complaints: Allowance::new(COMPLAINTS, now),
        origin: None,
        typing: None,
    };
    let end = match session.arrive(arrival) {
        Ok(()) => session.run(&mut socket).await,
        Err(end) => end,
    };
    // From here on nothing is sent to it, so a slow farewell costs nobody anything. Its place it keeps until it is gone.
    session.seat.silence();
    metrics::counter!("mtchat_gateway_closed_total", "reason" => end.reason()).increment(1);
    Box::pin(farewell(&mut socket, end)).await;
}

impl End {
    fn reason(&self) -> &'static str {
        match self {
            Self::Broken => "the connection broke",
            Self::Close(close, _) => close.reason(),
            Self::Gone => "the client is gone",
            Self::Left => "the client closed",
        }
    }
}

impl Session {
    /// Attach at once where the handshake knew whose socket it is.
    fn arrive(&mut self, arrival: Box<Arrival>) -> Result<(), End> {
        let Arrival { who, origin, point } = *arrival;
        if who.is_none() {
            self.origin = origin.map(Box::new);
        }
        who.map_or(Ok(()), |who| self.attach(who, point.as_ref()))
    }

    async fn run<S>(&mut self, socket: &mut S) -> End
    where
        S: Stream<Item = Result<Message, Error>> + Sink<Message, Error = Error> + Unpin,
    {
        loop {
            let connection = &self.seat.connection;
            let received = select! {
                biased;
                close = connection.kicked() => return End::Close(close, None),
                () = connection.outgoing.filled() => {
                    if let Some(end) = write(socket, connection, &self.seat.hub).await {
                        return end;
                    }
                    // A socket that is always busy is listened to all the same.
                    socket.next().now_or_never()
                }
                received = socket.next() => Some(received),
            };
            let heard = match received {
                None => Ok(()),
                Some(Some(Ok(message))) => self.hear(message).await,
                Some(Some(Err(_))) => Err(End::Broken),
                Some(None) => Err(End::Gone),
            };
            if let Err(end) = heard {
                return end;
            }
        }
    }

    async fn hear(&mut self, message: Message) -> Result<(), End> {
        let (hub, connection) = (&self.seat.hub, &self.seat.connection);
        let now = hub.seconds();
        hub.heard_of(connection);
        let options = hub.options();
        if !self
            .frames
            .take(now, options.frames_burst, options.frames_per_second)
        {
            return Err(End::Close(Close::Flood, Some(ErrorCode::RateLimitExceeded)));
        }
        match message {
            Message::Text(text) => self.hear_text(&text).await,
            // Protocol pings are answered below this; binary frames mean nothing here.
            Message::Binary(_) | Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(_) => Err(End::Left),
        }
    }

    async fn hear_text(&mut self, text: &Utf8Bytes) -> Result<(), End> {
        let (hub, connection) = (&self.seat.hub, &self.seat.connection);
        let anonymous = connection.owner().is_none();
        match read(text) {
            // Boxed, because it is rare and would make every idle session larger.
            Said::Auth { token, point } => return Box::pin(self.auth(&token, point.as_ref())).await,
            Said::Nonsense => self.complain("a frame must be a JSON object"),
            // Whoever has not said who they are is told nothing.
            Said::Ping
            | Said::Resume(_)
            | Said::Typing { .. }
            | Said::Viewing(_)
            | Said::Watch(_)
            | Said::WatchUnread(_)
                if anonymous => {}
            Said::Ping => hub.pong(connection),
            Said::Resume(point) => hub.resume(connection, &point),
            Said::Typing { dialog, stop } => self.typing(dialog, stop),
            Said::Viewing(dialog) => hub.presence().view(connection, dialog),
            Said::Watch(users) => self.watch(users),
            Said::WatchUnread(enabled) => hub.watch_unread(connection, enabled),
            Said::Other => {}
        }
        Ok(())
    }

    /// A token over the socket: the first says whose it is, a later one extends it.
    async fn auth(&mut self, token: &str, point: Option<&ResumePoint>) -> Result<(), End> {
        if self.gateway.authenticator.insecure_app().is_some() {
            // Who it is was said in the query; there is nothing to prove.
            return Ok(());
        }
        let who = self
            .gateway
            .authenticator
            .identify(token, None)
            .await
            .map_err(|refused| {
                let expired = matches!(refused, AuthError::Token(TokenError::Expired));
                let close = if expired {
                    Close::Expired
                } else if matches!(refused, AuthError::Revoked) {
                    Close::Revoked
                } else {
                    Close::BadIdentity
                };
                End::Close(close, Some(ErrorCode::Unauthorized))
            })?;
        match self.seat.renew(&who) {
            Renewal::NotAttached => {
                let origin = self.origin.take();
                if !self.gateway.admits_page(Some(&who.caller.app), origin.as_deref()) {
                    return Err(End::Close(Close::ForeignOrigin, Some(ErrorCode::Forbidden)));
                }
                self.attach(who, point)
            }
            Renewal::OtherUser => Err(End::Close(Close::OtherUser, Some(ErrorCode::Unauthorized))),
            Renewal::Renewed => self.must_not_be_revoked(),
        }
    }

    fn attach(&mut self, who: Authenticated, point: Option<&ResumePoint>) -> Result<(), End> {
        match self.seat.attach(who, point) {
            Ok(_) => self.must_not_be_revoked(),
            Err(NoSeat::NotReady) => Err(End::Close(Close::Moving, Some(ErrorCode::ServiceUnavailable))),
            Err(NoSeat::TooMany) => Err(End::Close(Close::TooMany, Some(ErrorCode::ServiceUnavailable))),
        }
    }

    /// Asked again now that a revocation would find the socket: one that came after the token was checked did not find it. So with keys
    /// that were taken away.
    fn must_not_be_revoked(&self) -> Result<(), End> {
        let connection = &self.seat.connection;
        let authenticator = &self.gateway.authenticator;
        let revocations = authenticator.revocations();
        let revoked = connection
            .owner()
            .is_some_and(|owner| revocations.refuses(&owner.app, &owner.user, Some(connection.issued())));
        if revoked || !authenticator.vouches(connection.signer()) {
            return Err(End::Close(Close::Revoked, Some(ErrorCode::Unauthorized)));
        }
        Ok(())
    }

    /// Pass on that the user is typing, unless that was just said.
    fn typing(&mut self, dialog: DialogId, stop: bool) {
        let (hub, Some(owner)) = (&self.seat.hub, self.seat.connection.owner()) else {
            return;
        };
        let throttle = self.typing.get_or_insert_default();
        if throttle.take(dialog, stop, hub.seconds())
            && let Some(typists) = &self.gateway.typists
        {
            typists.tell(owner.clone(), dialog, stop);
        }
    }

    /// From now on these users are on the screen.
    fn watch(&mut self, users: Vec<UserId>) {
        let (hub, connection) = (&self.seat.hub, &self.seat.connection);
        if users.len() > limits::WATCHED {
            self.complain(&format!("at most {} users can be watched", limits::WATCHED));
        } else if let Some(owner) = connection.owner() {
            hub.presence().watch(connection.id, owner, users);
        }
    }

    fn complain(&mut self, message: &str) {
        if self.complaints.take(self.seat.hub.seconds(), COMPLAINTS, 1) {
            self.seat.connection.say(&ServerFrame::Error {
                message: message.to_owned(),
                code: ErrorCode::BadRequest,
            });
        }
    }
}

/// Write what waits, or stop when the connection is kicked meanwhile.
async fn write<S>(socket: &mut S, connection: &Connection, hub: &Hub) -> Option<End>
where
    S: Sink<Message, Error = Error> + Unpin,
{
    let batch = async {
        connection.writing(hub.seconds());
        for frame in connection.outgoing.take(BATCH) {
            socket.feed(Message::Text(frame)).await?;
            connection.writing(hub.seconds());
        }
        socket.flush().await?;
        connection.written();
        Ok::<_, Error>(())
    };
    select! {
        biased;
        close = connection.kicked() => Some(End::Close(close, None)),
        written = batch => written.is_err().then_some(End::Gone),
    }
}

/// Say why and wait for the answer: dropping the connection while the client's bytes are still unread would reset it, and the close
/// frame would be lost on the way.
async fn farewell<S>(socket: &mut S, end: End)
where
    S: Stream<Item = Result<Message, Error>> + Sink<Message, Error = Error> + Unpin,
{
    let (close, code) = match end {
        End::Broken => (Some(Close::Protocol), None),
        End::Close(close, code) => (Some(close), code),
        End::Gone => return,
        End::Left => (None, None),
    };
    let polite = async {
        if let (Some(close), Some(code)) = (close, code) {
            let error = ServerFrame::Error {
                message: close.reason().to_owned(),
                code,
            };
            if let Some(bytes) = text(&error) {
                socket.feed(Message::Text(bytes)).await?;
            }
        }
        match close {
            Some(close) => socket.send(Message::Close(Some(close.frame()))).await?,
            // The answer to the client's own close.
            None => socket.close().await?,
        }
        while let Some(Ok(_)) = socket.next().await {}
        Ok::<_, Error>(())
    };
    if timeout(FAREWELL, polite).await.is_err() {
        tracing::debug!("a client did not take its leave");
    }
}
