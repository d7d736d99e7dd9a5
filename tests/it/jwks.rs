//! Keys that an app publishes at an address (JWKS), and what attackers make of that.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::future::join_all;
use http::Method;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use mtchat_protocol::DialogView;
use mtchat_tests::{HostApp, JWT_SECRET, KeyServer, PATIENCE, SigningKey, Socket, System, eventually, token};
use serde_json::{Value, json};

/// A public key whose private half was thrown away.
const RSA_PEM: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAt3bdtUWrviqmVLxE/kbG
WAmKummwJDGG09SYS00kO+7J9PX5kMHPTDwaKizw3rz4wKGp4Ipp1b/y5Q1ZZ9yb
XgMCgQUMxCmMXXW60smDQMn5RfKCdjTqeUSU6PyQuRCnSCcEghkhhK9SmpE7+oEm
w0KPR/lnvzl2okBt2mIGnZQDQZcV/r4WvW7B+6amPREsH48ukQogaDcKFdd1LuwP
5MTWLd6zfK/VDc9nl9LXhIcEfRO+rgSu6/abvAtW2Ga/Cexry/anTD7DAip7KjUO
m5Tzo0OJS4j4Jmay7jkNGJfCt7LOT3NikslkJw5Qu4rGNzrUHApwl/VfL6FOAF14
bwIDAQAB
-----END PUBLIC KEY-----
";

fn rsa_der() -> Vec<u8> {
    let lines = RSA_PEM.lines().filter(|line| !line.starts_with('-'));
    base64::engine::general_purpose::STANDARD
        .decode(lines.collect::<String>())
        .unwrap()
}

/// The modulus: what stands before the exponent, which is the last five bytes.
fn rsa_modulus() -> Vec<u8> {
    let der = rsa_der();
    der[der.len() - 5 - 256..der.len() - 5].to_vec()
}

fn alice() -> Value {
    json!({ "sub": "alice", "exp": token::now() + 60 })
}

#[tokio::test]
async fn a_published_key_opens_rest_and_sockets_on_every_edge() {
    let (ed25519, es256) = (SigningKey::ed25519("a"), SigningKey::es256("b"));
    let keys = KeyServer::publishing(&[&ed25519, &es256]).await;
    let system = System::with().edges(2).start().await;
    let acme = HostApp::publishing(&system, "acme", &keys, &ed25519).await;
    for edge in system.edges() {
        let acme = acme.at(edge.port());
        assert!(acme.admits(&es256.token("bob")).await);
        acme.socket("alice").await;
        let mut late = Socket::open(edge.port(), "").await.unwrap();
        let auth = json!({ "type": "auth", "token": es256.token("bob") });
        late.say(&auth.to_string()).await;
        assert_eq!(late.hears().await["type"], "connected");
        let expired = json!({ "sub": "alice", "exp": token::now() - 120 });
        assert!(!acme.admits(&es256.signs(&expired)).await);
    }
    assert_eq!(
        keys.requests(),
        2,
        "each edge reads once, however many tokens come"
    );
}

#[tokio::test]
async fn the_configured_app_may_publish_keys_beside_its_secret() {
    let key = SigningKey::es256("k");
    let keys = KeyServer::publishing(&[&key]).await;
    let system = System::with()
        .variable("JWT_JWKS_URL", &keys.url())
        .variable("JWT_AUDIENCE", "chat")
        .start()
        .await;
    let url = system.edge(0).url("/api/v1/dialogs");
    let status = async |token: String| {
        let bearer = format!("Bearer {token}");
        let headers = [("Authorization", bearer.as_str())];
        let answer = system.http().ask(Method::GET, &url, &headers, "").await;
        answer.unwrap().status.as_u16()
    };
    let mut meant = alice();
    meant["aud"] = json!("chat");
    assert_eq!(status(key.signs(&meant)).await, 200);
    assert_eq!(status(token::signed(&meant, JWT_SECRET)).await, 200);
    assert_eq!(status(key.signs(&alice())).await, 401, "meant for nobody");
    meant["aud"] = json!("mail");
    assert_eq!(status(key.signs(&meant)).await, 401, "meant for somebody else");
}

/// The new key is good with the first token that it signs; the old one is not any more from then on.
#[tokio::test]
async fn keys_are_changed_while_everything_runs() {
    let (old, new) = (SigningKey::ed25519("2025"), SigningKey::ed25519("2026"));
    let keys = KeyServer::publishing(&[&old]).await;
    let system = System::start().await;
    let acme = HostApp::publishing(&system, "acme", &keys, &old).await;
    keys.publishes(&[&new]);
    assert!(acme.admits(&old.token("alice")).await, "nobody has noticed yet");
    assert!(acme.admits(&new.token("alice")).await);
    assert!(!acme.admits(&old.token("alice")).await);
    assert_eq!(keys.requests(), 2);
}

#[tokio::test]
async fn a_flood_of_unknown_names_makes_one_reading() {
    let key = SigningKey::ed25519("known");
    let keys = KeyServer::publishing(&[&key]).await;
    let system = System::start().await;
    let acme = HostApp::publishing(&system, "acme", &keys, &key).await;
    let stranger = SigningKey::ed25519("");
    let flood = (0..100).map(|number| {
        let forged = stranger.named(&format!("unknown-{number}")).token("alice");
        let acme = acme.clone();
        async move { acme.try_with(&forged).await.status.as_u16() }
    });
    // Beyond what one address may, the answer does not say why.
    let statuses = join_all(flood).await;
    assert!(
        statuses.iter().all(|status| matches!(status, 401 | 429)),
        "{statuses:?}"
    );
    assert_eq!(keys.requests(), 2);
    assert!(acme.admits(&key.token("alice")).await);
}

#[tokio::test]
async fn nothing_that_a_token_says_steers_a_request() {
    let key = SigningKey::ed25519("k");
    let keys = KeyServer::publishing(&[&key]).await;
    let mallorys = SigningKey::ed25519("k");
    let mallory = KeyServer::publishing(&[&mallorys]).await;
    let system = System::start().await;
    let acme = HostApp::publishing(&system, "acme", &keys, &key).await;
    let url = mallory.url();
    let jwk = serde_json::from_value(mallorys.public()).unwrap();
    let headers = [
        Header {
            jku: Some(url.clone()),
            ..Header::default()
        },
        Header {
            x5u: Some(url.clone()),
            ..Header::default()
        },
        Header {
            jwk: Some(jwk),
            ..Header::default()
        },
        Header {
            kid: Some(url.clone()),
            ..Header::default()
        },
        Header {
            kid: Some("../../dev/null".to_owned()),
            ..Header::default()
        },
    ];
    for header in headers {
        let mut claims = alice();
        claims["iss"] = json!(url);
        claims["aud"] = json!(url);
        assert!(!acme.admits(&mallorys.signs_under(header.clone(), &claims)).await);
        let mut as_kid = header;
        as_kid.kid.get_or_insert_with(|| url.clone());
        assert!(!acme.admits(&mallorys.signs_under(as_kid, &claims)).await);
    }
    assert_eq!(mallory.requests(), 0);
    assert!(acme.admits(&key.token("alice")).await);
}

/// Whoever can read a public key must not be able to sign with it.
#[tokio::test]
async fn a_public_key_is_no_secret() {
    let key = SigningKey::es256("ec");
    let keys = KeyServer::publishing(&[&key]).await;
    let modulus = URL_SAFE_NO_PAD.encode(rsa_modulus());
    let rsa = json!({ "kty": "RSA", "kid": "rsa", "alg": "RS256", "n": modulus, "e": "AQAB" });
    let published = json!({ "keys": [key.public(), rsa] });
    keys.answers(200, published.to_string());
    let system = System::start().await;
    let acme = HostApp::publishing(&system, "acme", &keys, &key).await;
    let public = key.public();
    let x = URL_SAFE_NO_PAD.decode(public["x"].as_str().unwrap()).unwrap();
    let y = URL_SAFE_NO_PAD.decode(public["y"].as_str().unwrap()).unwrap();
    let secrets = [
        RSA_PEM.as_bytes().to_vec(),
        RSA_PEM.trim().as_bytes().to_vec(),
        rsa_der(),
        rsa_modulus(),
        modulus.into_bytes(),
        rsa.to_string().into_bytes(),
        published.to_string().into_bytes(),
        public.to_string().into_bytes(),
        [&[4][..], &x, &y].concat(),
        x,
    ];
    for secret in &secrets {
        for kid in ["rsa", "ec"] {
            for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
                let mut header = Header::new(algorithm);
                header.kid = Some(kid.to_owned());
                let forged = encode(&header, &alice(), &EncodingKey::from_secret(secret)).unwrap();
                // As a stranger may be told to wait, only that nobody comes in counts here.
                let answer = acme.try_with(&forged).await;
                assert!(
                    matches!(answer.status.as_u16(), 401 | 429),
                    "{kid} {algorithm:?}: {answer}"
                );
            }
        }
    }
    for kid in ["rsa", "ec"] {
        let unsigned = token::unsigned(&json!({ "alg": "none", "kid": kid }), &alice());
        assert!(matches!(
            acme.try_with(&unsigned).await.status.as_u16(),
            401 | 429
        ));
        let other_kind = SigningKey::ed25519(kid).token("alice");
        assert!(matches!(
            acme.try_with(&other_kind).await.status.as_u16(),
            401 | 429
        ));
    }
    assert!(acme.admits(&key.token("alice")).await);
}

#[tokio::test]
async fn a_key_of_one_app_opens_no_other_whatever_its_name() {
    let (acmes, umbrellas) = (SigningKey::ed25519("1"), SigningKey::ed25519("1"));
    let (acme_keys, umbrella_keys) = (
        KeyServer::publishing(&[&acmes]).await,
        KeyServer::publishing(&[&umbrellas]).await,
    );
    let system = System::start().await;
    let acme = HostApp::publishing(&system, "zenith", &acme_keys, &acmes).await;
    let umbrella = HostApp::publishing(&system, "umbrella", &umbrella_keys, &umbrellas).await;
    let dialog = json!({ "object_type": "order", "object_id": "1", "participants": ["alice"] });
    let created = acme.manage(Method::POST, "/dialogs", &dialog).await;
    let dialog: DialogView = created.data();
    let path = format!("/api/v1/dialogs/{}", dialog.id);
    acme.ask(Method::GET, &path, "alice", &Value::Null)
        .await
        .expect(200);
    umbrella
        .ask(Method::GET, &path, "alice", &Value::Null)
        .await
        .expect(404);

    // A younger app publishes the elder's public key as its own: its users stay who they are.
    let fresh = SigningKey::ed25519("2");
    umbrella_keys.publishes(&[&acmes, &umbrellas, &fresh]);
    assert!(umbrella.admits(&fresh.token("bob")).await);
    acme.ask(Method::GET, &path, "alice", &Value::Null)
        .await
        .expect(200);
    umbrella
        .ask(Method::GET, &path, "alice", &Value::Null)
        .await
        .expect(404);
}

#[tokio::test]
async fn what_can_sign_is_not_taken_even_when_it_is_published() {
    let [good, private] = ["good", "private"].map(SigningKey::ed25519);
    let keys = KeyServer::publishing(&[]).await;
    let mut leaked = private.public();
    leaked["d"] = json!("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
    let symmetric =
        json!({ "kty": "oct", "kid": "shared", "alg": "HS256", "k": URL_SAFE_NO_PAD.encode(JWT_SECRET) });
    let other = SigningKey::ed25519("good");
    let published = json!({ "keys": [leaked, symmetric, 7, good.public(), other.public()] });
    keys.answers(200, published.to_string());
    let system = System::with()
        .variable("JWT_SECRET", "5c0e7d1b9f3a8246e0d4c2b6a8f17395")
        .start()
        .await;
    let acme = HostApp::publishing(&system, "acme", &keys, &good).await;
    assert!(!acme.admits(&private.token("alice")).await);
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("shared".to_owned());
    let secret = EncodingKey::from_secret(JWT_SECRET.as_bytes());
    assert!(!acme.admits(&encode(&header, &alice(), &secret).unwrap()).await);
    assert!(acme.admits(&good.token("alice")).await);
    assert!(
        acme.admits(&other.token("alice")).await,
        "of two keys of one name both are tried"
    );
}

/// Each of them answers something else when it is asked again; what it gave before goes on.
#[tokio::test]
async fn what_is_no_document_ends_no_key() {
    let mut servers = Vec::new();
    let mut owns = Vec::new();
    for _ in 0..7 {
        let own = SigningKey::ed25519("k");
        servers.push(KeyServer::publishing(&[&own]).await);
        owns.push(own);
    }
    let elsewhere = KeyServer::publishing(&[&SigningKey::ed25519("evil")]).await;
    let system = System::start().await;
    let made = owns
        .iter()
        .zip(&servers)
        .enumerate()
        .map(|(number, (own, server))| {
            let id = format!("app{number}");
            let system = &system;
            async move { HostApp::publishing(system, &id, server, own).await }
        });
    let apps = join_all(made).await;
    let [error, redirect, large, malformed, many, silent, down] = servers.as_slice() else {
        panic!("one for each kind of trouble");
    };
    error.answers(500, "");
    redirect.redirects_to(elsewhere.url());
    large.answers(
        200,
        format!("{{\"keys\":[],\"x\":\"{}\"}}", "x".repeat(300 * 1_024)),
    );
    malformed.answers(200, "<html>Welcome</html>");
    many.answers(200, json!({ "keys": vec![owns[0].public(); 65] }).to_string());
    silent.falls_silent();
    down.goes_down();
    let stranger = SigningKey::ed25519("evil");
    assert!(!apps[0].admits(&stranger.token("alice")).await);
    for server in [error, redirect, large, malformed, many, silent] {
        server.was_asked(2).await;
    }
    let failed = async || {
        let read = system.edge(0).metric("mtchat_jwks_reads_total").await;
        (read >= 14.0).then_some(())
    };
    eventually("all readings to have failed", PATIENCE, failed).await;
    for (app, own) in apps.iter().zip(&owns) {
        assert!(app.admits(&own.token("alice")).await, "{}", app.id());
    }
    assert_eq!(elsewhere.requests(), 0);
}

#[tokio::test]
async fn an_operator_names_the_address_and_takes_it_back() {
    let key = SigningKey::ed25519("k");
    let keys = KeyServer::publishing(&[&key]).await;
    let system = System::start().await;
    let acme = HostApp::publishing(&system, "acme", &keys, &key).await;
    let refused = async |arguments: &[&str]| {
        let (status, printed) = system.program(arguments).run().await;
        assert!(!status.success(), "{arguments:?}: {printed}");
    };
    for unsafe_address in [
        "http://id.example/jwks",
        "ftp://127.0.0.1/",
        "https://a:b@id.example/",
        "jwks",
    ] {
        refused(&["app", "change", "acme", "--jwks-url", unsafe_address]).await;
    }
    assert!(acme.admits(&key.token("alice")).await);
    acme.change(&system, &["--no-jwks-url"]).await;
    let shut_out = async || (!acme.admits(&key.token("alice")).await).then_some(());
    eventually("the keys to be forgotten", PATIENCE, shut_out).await;
    acme.change(
        &system,
        &["--jwks-url", &keys.url(), "--issuer", "https://id.example"],
    )
    .await;
    let mut issued = alice();
    issued["iss"] = json!("https://id.example");
    let let_in = async || acme.admits(&key.signs(&issued)).await.then_some(());
    eventually("the keys to be known again", PATIENCE, let_in).await;
    assert!(!acme.admits(&key.token("alice")).await, "from somebody else");
}
