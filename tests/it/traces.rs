//! A request can be followed from the edge to the endpoint of a host, by whoever collects traces.

use http::Method;
use mtchat_protocol::MessageId;
use mtchat_tests::{Collector, PATIENCE, Receiver, SeenSpan, System, User, eventually};
use serde_json::json;

use crate::webhooks::{started, telling};

/// What must never be told: it stands in a message.
const SAID: &str = "needle-in-the-message";
/// The span of the host that asks.
const PARENT: &str = "00f067aa0ba902b7";

async fn send(system: &System, user: &User, trace: &str, flags: &str) -> String {
    let url = system
        .edge(0)
        .url(&format!("/api/v1/dialogs/{}/messages", user.dialog()));
    let body = json!({ "id": MessageId::fresh(), "content": SAID }).to_string();
    let (bearer, parent) = (
        format!("Bearer {}", user.token()),
        format!("00-{trace}-{PARENT}-{flags}"),
    );
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("traceparent", &parent),
    ];
    let answer = system
        .http()
        .ask(Method::POST, &url, &headers, body)
        .await
        .unwrap();
    assert!(answer.status.is_success(), "{answer}");
    answer.status.as_u16().to_string()
}

fn of<'a>(spans: &'a [SeenSpan], trace: &str, name: &str) -> Option<&'a SeenSpan> {
    spans
        .iter()
        .find(|span| span.trace == trace && span.name.ends_with(name))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_one_trace_from_the_edge_to_the_endpoint() {
    let (receiver, collector) = (Receiver::start().await, Collector::start().await);
    let builder = telling(&receiver)
        .variable("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url())
        .variable("OTEL_EXPORTER_OTLP_HEADERS", "x-team=chat%20team");
    let system = started(builder).await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let status = send(&system, &alice, trace, "01").await;

    let spans = collector
        .until("the whole trace", |spans| {
            let names = ["/messages", "append", "project", "fan out", "webhook"];
            let found: Option<Vec<SeenSpan>> =
                names.iter().map(|name| of(spans, trace, name).cloned()).collect();
            found
        })
        .await;
    let [request, append, project, fan_out, webhook] = &spans[..] else {
        panic!("{spans:?}")
    };
    assert_eq!(request.name, "POST /api/v1/dialogs/{dialog}/messages");
    assert_eq!((request.parent.as_str(), request.kind), (PARENT, 2));
    assert_eq!(request.attributes["http.response.status_code"], status);
    assert_eq!(
        request.attributes["http.route"],
        "/api/v1/dialogs/{dialog}/messages"
    );
    assert_eq!(
        (&append.parent, append.attributes["mtchat.outcome"].as_str()),
        (&request.id, "accepted")
    );
    for follows in [project, fan_out, webhook] {
        assert_eq!(follows.parent, append.id, "{follows:?}");
        assert_eq!(follows.service, "mtchat-worker");
    }
    assert_eq!(
        (request.service.as_str(), append.service.as_str()),
        ("mtchat-edge", "mtchat-edge")
    );
    assert_eq!(project.attributes["messaging.batch.message_count"], "1");
    assert_eq!(webhook.attributes["http.response.status_code"], "200");
    assert!(spans.iter().all(|span| !span.failed), "{spans:?}");
    assert_eq!(request.headers["x-team"], "chat team");

    let delivery = &receiver.takes(1).await[0];
    let expected = format!("00-{trace}-{}-01", webhook.id);
    assert_eq!(delivery.header("traceparent"), expected);

    for secret in [SAID, "alice", alice.token(), &alice.dialog().to_string()] {
        for span in &collector.spans() {
            let told = span
                .bytes
                .windows(secret.len())
                .any(|bytes| bytes == secret.as_bytes());
            assert!(!told, "{secret} is told in {span:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_that_its_beginner_does_not_record_is_not_recorded() {
    let (receiver, collector) = (Receiver::start().await, Collector::start().await);
    let builder = telling(&receiver).variable("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url());
    let system = started(builder).await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    let (quiet, told) = (
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "4bf92f3577b34da6a3ce929d0e0e4737",
    );
    send(&system, &alice, quiet, "00").await;
    send(&system, &alice, told, "01").await;
    collector
        .until("the second trace", |spans| of(spans, told, "webhook").map(drop))
        .await;
    let spans = collector.spans();
    assert!(spans.iter().all(|span| span.trace != quiet), "{spans:?}");
    // The host can follow it all the same.
    let deliveries = receiver.takes(2).await;
    assert!(
        deliveries[0]
            .header("traceparent")
            .starts_with(&format!("00-{quiet}-"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_away_costs_spans_and_nothing_else() {
    let collector = Collector::start().await;
    collector.answers(500);
    let system = System::with()
        .variable("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url())
        .start()
        .await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send("hi").await;
    bob.sees("hi").await;
    eventually("lost spans to be counted", PATIENCE, async || {
        let metrics = system
            .http()
            .ask(Method::GET, &system.edge(0).url("/metrics"), &[], "")
            .await
            .ok()?;
        let page = String::from_utf8_lossy(&metrics.body).into_owned();
        let line = page
            .lines()
            .find(|line| line.starts_with("mtchat_spans_total{outcome=\"failed\"}"))?;
        (!line.ends_with(" 0")).then_some(())
    })
    .await;
    assert!(collector.spans().is_empty());
    collector.answers(200);
    alice.send("again").await;
    collector
        .until("spans to come again", |spans| (!spans.is_empty()).then_some(()))
        .await;
    eventually("the end of the trouble to be told", PATIENCE, async || {
        system.logs().contains("takes spans again").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_collector_a_host_still_follows_its_request() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    send(&system, &alice, trace, "01").await;
    let delivery = &receiver.takes(1).await[0];
    assert_eq!(delivery.header("traceparent"), format!("00-{trace}-{PARENT}-01"));
    let spans = system.edge(0).metric("mtchat_spans_total").await;
    assert!(spans.abs() < f64::EPSILON, "nothing is recorded");
}
