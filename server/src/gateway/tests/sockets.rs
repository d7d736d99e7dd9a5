//! The gateway over real sockets on loopback: handshake, session, farewell.

use std::{net::SocketAddr, sync::Arc};

use axum::{Router, extract::ws::WebSocket, routing::get};
use futures_util::{SinkExt, StreamExt};
use http::{Request, Response, header};
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use super::*;
use crate::{
    AuthOptions, JwtKey, JwtOptions, KeyMaterial, Secret,
    auth::Authenticator,
    gateway::{Gateway, session::serve, websocket},
    limit::{LimitOptions, Limits},
};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

struct Server {
    hub: Hub,
    address: SocketAddr,
}

struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Server {
    async fn insecure(hub: Hub) -> Self {
        Self::start(
            hub,
            AuthOptions::Insecure {
                app: AppId::default_app(),
                allow_public: false,
            },
        )
        .await
    }

    async fn with_tokens(hub: Hub) -> Self {
        let material = KeyMaterial::Hs256(Secret::new(SECRET));
        let keys = vec![JwtKey {
            app: AppId::default_app(),
            material,
        }];
        Self::start(
            hub,
            AuthOptions::Jwt(JwtOptions {
                keys,
                ..JwtOptions::default()
            }),
        )
        .await
    }

    async fn start(hub: Hub, auth: AuthOptions) -> Self {
        let gateway = Gateway::new(
            hub.clone(),
            Arc::new(Authenticator::new(&auth).unwrap()),
            Arc::new(Limits::new(&LimitOptions::default())),
            0,
        );
        let router = Router::new().route("/ws", get(websocket)).with_state(gateway);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { hub, address }
    }

    fn request(&self, query: &str) -> Request<()> {
        format!("ws://{}/ws?{query}", self.address)
            .into_client_request()
            .unwrap()
    }

    async fn connect(&self, query: &str) -> Client {
        Client(connect_async(self.request(query)).await.unwrap().0)
    }

    async fn refuses(&self, request: Request<()>) -> Response<Option<Vec<u8>>> {
        match connect_async(request).await {
            Err(Error::Http(response)) => *response,
            other => panic!("not refused: {other:?}"),
        }
    }
}

impl Client {
    async fn say(&mut self, text: impl Into<String>) {
        self.0.send(Message::text(text.into())).await.unwrap();
    }

    async fn hears(&mut self) -> String {
        match self.0.next().await {
            Some(Ok(Message::Text(text))) => told_or_error(&text),
            other => panic!("no text: {other:?}"),
        }
    }

    /// The close code, whatever came before it.
    async fn is_closed(&mut self) -> Option<u16> {
        while let Some(Ok(message)) = self.0.next().await {
            if let Message::Close(frame) = message {
                return frame.map(|frame| frame.code.into());
            }
        }
        None
    }
}

fn told_or_error(text: &str) -> String {
    match serde_json::from_str(text) {
        Ok(ServerFrame::Error { code, .. }) => format!("error {}", code.as_str()),
        _ => told(text),
    }
}

fn token(name: &str, expires_in: i64) -> String {
    let exp = Timestamp::now().micros() / 1_000_000 + expires_in;
    encode(
        &Header::default(),
        &json!({"sub": name, "exp": exp}),
        &EncodingKey::from_secret(SECRET.as_bytes()),
    )
    .unwrap()
}

#[tokio::test]
async fn an_insecure_user_connects_resumes_and_pings() {
    let server = Server::insecure(ready(roomy())).await;
    let mut alice = server.connect("user_id=alice%2F1").await;
    assert_eq!(alice.hears().await, "connected 0 None");
    server.hub.deliver(fact(1, &["alice/1"]));
    assert_eq!(alice.hears().await, "1.0");
    alice.say(r#"{"type":"ping"}"#).await;
    assert_eq!(alice.hears().await, "pong 1 0");
    let mut again = server.connect("sender_id=alice%2F1&epoch=e&pos=0").await;
    assert_eq!(again.hears().await, "connected 0 Some(true)");
    assert_eq!(again.hears().await, "1.0");
    let mut lost = server.connect("sender_id=alice%2F1&epoch=e&pos=nonsense").await;
    assert_eq!(lost.hears().await, "connected 1 Some(false)");
}

#[tokio::test]
async fn identity_comes_by_query_or_by_the_first_frame() {
    let server = Server::with_tokens(ready(roomy())).await;
    let mut by_query = server
        .connect(&format!("user_id=mallory&token={}", token("alice", 60)))
        .await;
    assert_eq!(by_query.hears().await, "connected 0 None");
    let mut by_frame = server.connect("user_id=mallory").await;
    // Before that, nothing is told.
    by_frame.say(r#"{"type":"ping"}"#).await;
    by_frame
        .say(json!({"type": "auth", "token": token("alice", 60), "epoch": "e", "pos": "0"}).to_string())
        .await;
    assert_eq!(by_frame.hears().await, "connected 0 Some(true)");
    server.hub.deliver(fact(1, &["alice"]));
    assert_eq!(by_query.hears().await, "1.0");
    assert_eq!(by_frame.hears().await, "1.0");
}

#[tokio::test]
async fn a_socket_keeps_its_owner_and_a_bad_token_ends_it() {
    let server = Server::with_tokens(ready(roomy())).await;
    let auth = |token: String| json!({"type": "auth", "token": token}).to_string();
    let cases = [
        (token("bob", 60), 4102),
        (token("alice", -120), 4101),
        ("a.b.c".to_owned(), 4100),
    ];
    for (other, code) in cases {
        let mut alice = server.connect(&format!("token={}", token("alice", 60))).await;
        alice.hears().await;
        alice.say(auth(token("alice", 600))).await;
        alice.say(r#"{"type":"ping"}"#).await;
        assert_eq!(alice.hears().await, "pong 0 0");
        alice.say(auth(other)).await;
        assert_eq!(alice.hears().await, "error UNAUTHORIZED");
        assert_eq!(alice.is_closed().await, Some(code));
    }
}

#[tokio::test]
async fn refusals_come_before_the_upgrade_as_problem_bodies() {
    let good = "https://good.com".parse().unwrap();
    let hub = ready(GatewayOptions {
        allowed_origins: vec![good],
        query_token: false,
        ..roomy()
    });
    let insecure = Server::insecure(hub.clone()).await;
    let with_tokens = Server::with_tokens(hub).await;
    let from = |mut request: Request<()>, origin: &'static str| {
        request
            .headers_mut()
            .insert(header::ORIGIN, origin.parse().unwrap());
        request
    };
    let cases = [
        (
            insecure.refuses(insecure.request("user_id=a")).await,
            403,
            "FORBIDDEN",
        ),
        (
            insecure
                .refuses(from(insecure.request("user_id=a"), "null"))
                .await,
            403,
            "FORBIDDEN",
        ),
        (
            insecure
                .refuses(from(insecure.request("user_id="), "https://good.com"))
                .await,
            400,
            "BAD_REQUEST",
        ),
        (
            with_tokens
                .refuses(from(with_tokens.request("token=x"), "https://good.com"))
                .await,
            401,
            "UNAUTHORIZED",
        ),
    ];
    for (response, status, code) in cases {
        assert_eq!(response.status(), status);
        let body: serde_json::Value = serde_json::from_slice(response.body().as_ref().unwrap()).unwrap();
        assert_eq!(body["error"]["code"], code);
    }
    insecure.connect_from("https://GOOD.com").await;
}

impl Server {
    async fn connect_from(&self, origin: &str) {
        let mut request = self.request("user_id=a");
        request
            .headers_mut()
            .insert(header::ORIGIN, origin.parse().unwrap());
        connect_async(request).await.unwrap();
    }
}

#[tokio::test]
async fn a_hub_that_is_not_ready_says_when_to_come_back() {
    let (_, stored) = watch::channel(0);
    let server = Server::insecure(Hub::new(roomy(), stored)).await;
    let response = server.refuses(server.request("user_id=a")).await;
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key(header::RETRY_AFTER));
}

#[tokio::test]
async fn nonsense_is_answered_and_the_socket_stays() {
    let server = Server::insecure(ready(roomy())).await;
    let mut alice = server.connect("user_id=alice").await;
    alice.hears().await;
    alice.0.send(Message::binary(vec![0xff; 10])).await.unwrap();
    alice.say("}{").await;
    assert_eq!(alice.hears().await, "error BAD_REQUEST");
    alice.say(r#"{"type":"subscribe","dialog_id":"x"}"#).await;
    alice.0.send(Message::Ping("hi".into())).await.unwrap();
    alice.say(r#"{"type":"ping"}"#).await;
    let pong = Message::Pong("hi".into());
    let mut heard = Vec::new();
    while heard.len() < 2 {
        match alice.0.next().await.unwrap().unwrap() {
            Message::Text(text) => heard.push(told(&text)),
            other => heard.push(if other == pong {
                "protocol pong".to_owned()
            } else {
                format!("{other:?}")
            }),
        }
    }
    heard.sort();
    assert_eq!(heard, ["pong 0 0", "protocol pong"]);
}

#[tokio::test]
async fn floods_and_too_large_frames_end_the_socket() {
    let server = Server::insecure(ready(GatewayOptions {
        frames_burst: 10,
        ..roomy()
    }))
    .await;
    let mut flood = server.connect("user_id=alice").await;
    for _ in 0..11 {
        flood.say(r#"{"type":"other"}"#).await;
    }
    assert_eq!(flood.is_closed().await, Some(4029));
    let mut large = server.connect("user_id=alice").await;
    large.say("x".repeat(70_000)).await;
    assert_eq!(large.is_closed().await, Some(1002));
}

#[tokio::test]
async fn a_client_that_stops_reading_is_closed_while_others_go_on() {
    let server = Server::insecure(ready(roomy())).await;
    let mut slow = server.connect("user_id=slow").await;
    let mut quick = server.connect("user_id=quick").await;
    quick.hears().await;
    let large = "x".repeat(20_000);
    for log_seq in 1..=1_500 {
        let mut fact = fact(log_seq, &["slow", "quick"]);
        fact.frames[0].text = Utf8Bytes::from(format!("{log_seq} {large}"));
        server.hub.deliver(fact);
        assert!(quick.hears().await.starts_with(&format!("{log_seq} ")));
    }
    // What fitted into the kernel's buffers can be read still; then it ends, with the code where that fitted too.
    assert!(matches!(slow.is_closed().await, None | Some(4008)));
    drop(quick);
}

#[tokio::test]
async fn a_client_that_closes_is_answered_and_gives_its_place_back() {
    let server = Server::insecure(ready(roomy())).await;
    let mut alice = server.connect("user_id=alice").await;
    alice.hears().await;
    alice.0.close(None).await.unwrap();
    assert!(matches!(alice.0.next().await, Some(Ok(Message::Close(_)))));
    // Its end of the connection is closed behind the last socket's place.
    assert!(alice.0.next().await.is_none());
    server.hub.drain(Duration::ZERO).await;
    assert_eq!(server.hub.sockets(), 0);
}

#[test]
fn a_session_is_small() {
    fn size_of_future<A, B, C, D, F: Future>(_: impl Fn(A, B, C, D) -> F) -> usize {
        size_of::<F>()
    }
    let session = size_of_future(serve::<WebSocket>);
    assert!(session <= 2_048, "a session's future has {session} bytes");
    assert!(
        size_of::<Connection>() <= 320,
        "a connection has {} bytes",
        size_of::<Connection>()
    );
}
