//! What hosts are sent is genuine to the official libraries of Standard Webhooks, in Node and in Python, and nothing else is.

use http::HeaderMap;
use mtchat_protocol::Timestamp;
use mtchat_tests::{Delivery, OfficialReceiver, Receiver};
use tokio::time::Instant;

use crate::webhooks::{SECRET, started, telling};

const ANOTHER_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// As `openssl rand -hex 32` makes them: the key is the text.
const TEXT_SECRET: &str = "5b1f0c9e7a3d4862b7e0d1c2f3a49586170a2b3c4d5e6f708192a3b4c5d6e7f8";

const FORGED: &str = "No matching signature found";
const INCOMPLETE: &str = "Missing required headers";
const TOO_NEW: &str = "Message timestamp too new";
const TOO_OLD: &str = "Message timestamp too old";

fn both() -> [OfficialReceiver; 2] {
    [OfficialReceiver::node(), OfficialReceiver::python()]
}

fn now() -> i64 {
    Timestamp::now().micros() / 1_000_000
}

fn signed_at(delivery: &Delivery) -> i64 {
    delivery.header("webhook-timestamp").parse().expect("a number")
}

/// The same request with another header.
fn with(delivery: &Delivery, name: &'static str, value: &str) -> Delivery {
    let mut altered = delivery.clone();
    altered
        .headers
        .insert(name, value.parse().expect("a header's value"));
    altered
}

/// The same request without a header.
fn without(delivery: &Delivery, name: &'static str) -> Delivery {
    let mut altered = delivery.clone();
    altered.headers.remove(name);
    altered
}

/// The same request, signed with this secret so many seconds away from now.
async fn signed_anew(
    library: &mut OfficialReceiver,
    delivery: &Delivery,
    secret: &str,
    away: i64,
) -> Delivery {
    let timestamp = now() + away;
    let signature = library
        .signs(secret, delivery.id(), timestamp, &delivery.body)
        .await;
    let signed = with(delivery, "webhook-timestamp", &timestamp.to_string());
    with(&signed, "webhook-signature", &signature)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_is_genuine_to_the_official_libraries() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    alice.send("hi <b>there</b>, приве́т &amp; 👍").await;
    let admin = system.admin(0);
    admin.add(alice.dialog(), "carol").await;
    admin.remove(alice.dialog(), "carol").await;
    let taken = receiver.takes(3).await;
    for mut library in both() {
        let language = library.language();
        for delivery in &taken {
            let judged = library.judges(delivery, SECRET).await;
            assert_eq!(judged, Ok(()), "{language}: {delivery:?}");
            let signature = library
                .signs(SECRET, delivery.id(), signed_at(delivery), &delivery.body)
                .await;
            assert_eq!(delivery.header("webhook-signature"), signature, "{language}");
        }
    }
}

/// A60: on what was really sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_altered_old_or_foreign_is_refused_by_the_official_libraries() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    alice.send("true").await;
    let sent = receiver.takes(1).await.remove(0);
    let of_other_version = sent.header("webhook-signature").replace("v1,", "v2,");
    let (mut longer, mut flipped) = (sent.body.to_vec(), sent.body.to_vec());
    longer.push(b' ');
    flipped[10] ^= 1;
    let with_body = |body: Vec<u8>| Delivery {
        body: body.into(),
        ..sent.clone()
    };
    for mut library in both() {
        let language = library.language();
        let mut cases = vec![
            ("as it was sent", sent.clone(), Ok(())),
            ("a longer body", with_body(longer.clone()), Err(FORGED)),
            ("another byte", with_body(flipped.clone()), Err(FORGED)),
            ("another id", with(&sent, "webhook-id", "another"), Err(FORGED)),
            (
                "another second",
                with(&sent, "webhook-timestamp", &(signed_at(&sent) - 1).to_string()),
                Err(FORGED),
            ),
            (
                "another version",
                with(&sent, "webhook-signature", &of_other_version),
                Err(FORGED),
            ),
        ];
        for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            cases.push((name, without(&sent, name), Err(INCOMPLETE)));
        }
        // With the right key, so that nothing but the time is wrong.
        for (away, verdict) in [
            (-360, Err(TOO_OLD)),
            (-240, Ok(())),
            (240, Ok(())),
            (360, Err(TOO_NEW)),
        ] {
            let signed = signed_anew(&mut library, &sent, SECRET, away).await;
            cases.push(("another time", signed, verdict));
        }
        let foreign = signed_anew(&mut library, &sent, ANOTHER_SECRET, 0).await;
        cases.push(("another key", foreign, Err(FORGED)));
        for (what, delivery, expected) in cases {
            let judged = library.judges(&delivery, SECRET).await;
            let judged = judged.as_ref().map_err(String::as_str);
            assert_eq!(judged.copied(), expected, "{language}: {what}: {delivery:?}");
        }
        let judged = library.judges(&sent, ANOTHER_SECRET).await;
        assert_eq!(
            judged,
            Err(FORGED.to_owned()),
            "{language}: the receiver's secret"
        );
    }
}

/// In the overlap the receivers with the old secret and those with the new one take the same request; after it only the new ones do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_secrets_change_the_official_libraries_take_the_old_and_the_new_one() {
    let receiver = Receiver::start().await;
    let system = telling(&receiver).workers(0).start().await;
    let worker = system.program(&["worker"]).with("WORKER_PORT", "0");
    let overlap = [ANOTHER_SECRET, SECRET, TEXT_SECRET];
    let changing = worker.clone().with("WEBHOOK_SECRETS", &overlap.join(",")).spawn();
    system.database().await.has_endpoint().await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    alice.send("in the overlap").await;
    let sent = receiver.takes(1).await.remove(0);
    assert_eq!(sent.header("webhook-signature").split(' ').count(), overlap.len());
    drop(changing);
    let _changed = worker.with("WEBHOOK_SECRETS", ANOTHER_SECRET).spawn();
    // Nothing is stored until the second worker has taken over.
    alice.send_accepted("after it").await;
    // The first may come again: the worker was killed.
    let after = receiver
        .until("the message after the overlap", |deliveries| {
            let after = |delivery: &&Delivery| delivery.content() == "after it";
            deliveries.iter().find(after).cloned()
        })
        .await;
    for mut library in both() {
        let language = library.language();
        for secret in overlap {
            assert_eq!(library.judges(&sent, secret).await, Ok(()), "{language}");
        }
        assert_eq!(library.judges(&after, ANOTHER_SECRET).await, Ok(()), "{language}");
        for secret in [SECRET, TEXT_SECRET] {
            let judged = library.judges(&after, secret).await;
            assert_eq!(judged, Err(FORGED.to_owned()), "{language}: the old secret");
        }
    }
}

/// The signature that the specification's libraries publish, both ways: they make it and take it, and so does our own receiver. That the
/// worker makes it is a test beside its code.
#[tokio::test]
async fn the_published_signature_holds_in_both_directions() {
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    let secret = ANOTHER_SECRET;
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("webhook-id", ID),
        ("webhook-timestamp", "1614265330"),
        ("webhook-signature", SIGNATURE),
    ] {
        headers.insert(name, value.parse().expect("a header's value"));
    }
    for mut library in both() {
        let language = library.language();
        assert_eq!(library.signs(secret, ID, AT, BODY).await, SIGNATURE, "{language}");
        let judged = library.judges_at(Some(AT), &headers, BODY, secret).await;
        assert_eq!(judged, Ok(()), "{language}");
        let judged = library.judges_at(None, &headers, BODY, secret).await;
        assert_eq!(judged, Err(TOO_OLD.to_owned()), "{language}");
    }
    let published = Delivery {
        headers,
        body: BODY.into(),
        at: Instant::now(),
        number: 0,
        answered: 200,
    };
    assert!(published.is_standard(secret, AT) && !published.is_standard(secret, now()));
}
