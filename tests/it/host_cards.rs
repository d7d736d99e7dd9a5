//! Services of hosts say something on the broker, as their backends do over HTTP.

use std::time::Duration;

use async_nats::{Client, ConnectOptions, Message};
use http::Method;
use mtchat_protocol::{DialogId, MessageId, MessageView, MessagesPage, ServerFrame};
use mtchat_tests::{HostApp, PATIENCE, System, User, eventually};
use serde_json::{Value, json};

use crate::hosts::{grant, takes_effect};

/// How long a service waits for an answer: longer than a write waits until it is stored.
const ANSWER: Duration = Duration::from_secs(3);

fn subject(app: &str) -> String {
    format!("mtchat.svc.{app}.notices.post")
}

fn card() -> Value {
    json!({ "type": "order_paid", "title": "Paid", "fields": [{ "name": "Amount", "value": "7 EUR" }] })
}

/// A system whose broker lets services of these apps come, and their clients.
async fn with_services<const N: usize>(edges: usize, apps: [&str; N]) -> (System, [Client; N]) {
    let mut system = System::with().edges(edges).hosts().start().await;
    for app in apps.iter().filter(|app| **app != "default") {
        HostApp::create(&system, app).await;
    }
    let mut seeds = Vec::new();
    for app in apps {
        seeds.push(grant(&system, "nats-credentials", &[app]).await);
    }
    takes_effect(&mut system).await;
    let mut clients = Vec::new();
    for seed in seeds {
        let options = ConnectOptions::new().nkey(seed).request_timeout(Some(ANSWER));
        clients.push(options.connect(system.nats_url()).await.unwrap());
    }
    let clients: Result<[Client; N], _> = clients.try_into();
    (system, clients.expect("a client for each app"))
}

fn read(message: &Message) -> Value {
    serde_json::from_slice(&message.payload).expect("JSON")
}

/// Ask until an edge answers that can take it now, as a service does.
async fn ask(service: &Client, app: &str, request: &str) -> (Message, Value) {
    let asked = async || {
        let message = service.request(subject(app), request.to_owned().into()).await;
        let message = message.ok()?;
        let answer = read(&message);
        (answer["status"] != 503).then_some((message, answer))
    };
    eventually("an edge to answer", PATIENCE, asked).await
}

/// The cards in the dialog, as a member reads them.
async fn cards(user: &User) -> Vec<MessageId> {
    let path = format!("/api/v1/dialogs/{}/messages?limit=100", user.dialog());
    let page: MessagesPage = user.ask(Method::GET, &path, "").await.data();
    let cards = page.messages.iter();
    let cards = cards.filter(|message| message.content.as_str().contains("order_paid"));
    cards.map(|message| message.id).collect()
}

#[tokio::test]
async fn a_card_of_a_service_is_said_once_and_seen_by_the_members() {
    let (system, [service]) = with_services(1, ["default"]).await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let dialog = alice.dialog();
    let request = json!({ "dialog_id": dialog, "idempotency_key": "order-7", "card": card() }).to_string();
    let (message, answer) = ask(&service, "default", &request).await;
    assert_eq!(answer["status"], 200, "{answer}");
    let head = message.headers.expect("headers");
    assert!(head.get("Mtchat-Position").is_some() && head.get("Nats-Service-Error").is_none());
    let posted: MessageView = serde_json::from_value(answer["body"]["data"].clone()).expect("a message");
    for member in [&alice, &bob] {
        let is_it =
            |frame: &ServerFrame| matches!(frame, ServerFrame::MessageNew(new) if new.id == posted.id);
        member
            .device()
            .until("the card", |journal| {
                journal.frames.iter().any(|seen| is_it(&seen.frame))
            })
            .await;
        assert_eq!(cards(member).await, [posted.id]);
    }

    // The same key is the same card, here and over HTTP.
    let (_, again) = ask(&service, "default", &request).await;
    assert_eq!(again, answer);
    let path = format!("/dialogs/{dialog}/messages");
    let body = json!({ "card": card() }).to_string();
    let admin = system.admin(0);
    let by_http: MessageView = admin.keyed("order-7", Method::POST, &path, &body).await.data();
    assert_eq!(by_http, posted);
    let other = json!({ "dialog_id": dialog, "idempotency_key": "order-7", "text": "Sent" }).to_string();
    let (_, refused) = ask(&service, "default", &other).await;
    assert_eq!(
        (&refused["status"], &refused["body"]["error"]["code"]),
        (&json!(409), &json!("CONFLICT"))
    );
    assert_eq!(cards(&bob).await, [posted.id]);
}

#[tokio::test]
async fn what_http_refuses_is_refused_on_the_broker_by_the_same_code() {
    let (system, [service, rival]) = with_services(1, ["default", "rival"]).await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    let [bob] = system.dialog().offline().between(["bob"]).await;
    let admin = system.admin(0);
    admin.patch(bob.dialog(), &json!({ "frozen": true })).await;
    for (dialog, body, status) in [
        (DialogId::fresh(), json!({ "card": card() }), 404),
        (bob.dialog(), json!({ "card": card() }), 403),
        (alice.dialog(), json!({}), 400),
        (alice.dialog(), json!({ "text": " " }), 400),
        (alice.dialog(), json!({ "text": "t", "card": card() }), 400),
        (alice.dialog(), json!({ "card": { "type": "t" } }), 422),
        (alice.dialog(), json!({ "text": "t".repeat(1024 * 1024) }), 413),
    ] {
        let path = format!("/dialogs/{dialog}/messages");
        let by_http = admin.ask(Method::POST, &path, &body.to_string()).await;
        assert_eq!(by_http.status.as_u16(), status);
        let mut request = body;
        request["dialog_id"] = json!(dialog);
        let (message, answer) = ask(&service, "default", &request.to_string()).await;
        assert_eq!(answer["status"], status, "{answer}");
        let code = answer["body"]["error"]["code"].as_str().expect("a code");
        assert_eq!(by_http.json::<Value>()["error"]["code"], code);
        let head = message.headers.expect("headers");
        let told = |name: &str| head.get(name).map(|value| value.as_str().to_owned());
        assert_eq!(told("Nats-Service-Error-Code"), Some(status.to_string()));
        assert_eq!(told("Nats-Service-Error").as_deref(), Some(code));
    }
    let no_key = json!({ "dialog_id": alice.dialog(), "idempotency_key": "", "card": card() }).to_string();
    for (request, status) in [
        ("{", 400),
        ("", 400),
        ("[]", 422),
        ("{\"card\":1}", 422),
        (no_key.as_str(), 400),
    ] {
        let (_, answer) = ask(&service, "default", request).await;
        assert_eq!(answer["status"], status, "{request}: {answer}");
    }
    // To another app, the dialog does not exist.
    let request = json!({ "dialog_id": alice.dialog(), "card": card() }).to_string();
    let (_, answer) = ask(&rival, "rival", &request).await;
    assert_eq!(
        (&answer["status"], &answer["body"]["error"]["code"]),
        (&json!(404), &json!("NOT_FOUND"))
    );
    assert!(cards(&alice).await.is_empty());
}

/// A77: a service says nothing in the name of another app.
#[tokio::test]
async fn a_service_has_the_subject_of_its_own_app_only() {
    let (system, [service, rival]) = with_services(1, ["default", "rival"]).await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    let request = json!({ "dialog_id": alice.dialog(), "card": card() }).to_string();
    let asked = rival.request(subject("default"), request.clone().into()).await;
    assert!(asked.is_err(), "{asked:?}");
    let (_, answer) = ask(&service, "default", &request).await;
    assert_eq!(answer["status"], 200, "{answer}");
    assert_eq!(cards(&alice).await.len(), 1, "only its own service was heard");
}

/// The broker still lets it in, until the operator takes its account away there.
#[tokio::test]
async fn an_app_that_is_shut_out_says_nothing_on_the_broker() {
    let (system, [rival]) = with_services(1, ["rival"]).await;
    let request = json!({ "dialog_id": DialogId::fresh(), "card": card() }).to_string();
    let (_, answer) = ask(&rival, "rival", &request).await;
    assert_eq!(answer["status"], 404, "{answer}");
    let (status, printed) = system.program(&["app", "disable", "rival"]).run().await;
    assert!(status.success(), "{printed}");
    let shut_out = async || {
        let (_, answer) = ask(&rival, "rival", &request).await;
        (answer["status"] == 401).then_some(())
    };
    eventually("the app to be shut out", PATIENCE, shut_out).await;
}

#[tokio::test]
async fn when_an_edge_is_killed_another_answers() {
    let (system, [service]) = with_services(2, ["default"]).await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    let say = async |number: usize| {
        let key = format!("order-{number}");
        let request = json!({ "dialog_id": alice.dialog(), "idempotency_key": key, "card": card() });
        let (_, answer) = ask(&service, "default", &request.to_string()).await;
        assert_eq!(answer["status"], 200, "{answer}");
    };
    say(0).await;
    system.edge(0).kill().await;
    say(1).await;
    system.edge(0).restart().await;
    system.edge(1).kill().await;
    say(2).await;
    assert_eq!(cards(&alice).await.len(), 3);
}

#[tokio::test]
async fn an_edge_that_leaves_answers_what_it_has_and_is_asked_no_more() {
    let (system, [service]) = with_services(2, ["default"]).await;
    let [alice] = system.dialog().offline().on_edges([1]).between(["alice"]).await;
    let request = json!({ "dialog_id": alice.dialog(), "card": card() }).to_string();
    ask(&service, "default", &request).await;
    // Each is asked once: none may stay without an answer.
    let saying = async {
        for _ in 0..40 {
            let answer = service.request(subject("default"), request.clone().into()).await;
            let answer = read(&answer.expect("an answer"));
            assert_eq!(answer["status"], 200, "{answer}");
        }
    };
    let (status, ()) = tokio::join!(system.edge(0).stop(), saying);
    assert!(status.success(), "the edge ended with {status}");
    assert_eq!(cards(&alice).await.len(), 41);
}
