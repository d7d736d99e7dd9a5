use serde_json::json;

use super::*;

/// Public keys whose private halves were thrown away: of RFC 7515 and RFC 8037.
fn es256() -> Value {
    json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    })
}

fn ed25519() -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" })
}

fn rsa(bytes: usize) -> Value {
    let mut modulus = vec![0xc5; bytes];
    modulus[bytes - 1] |= 1;
    json!({ "kty": "RSA", "n": URL_SAFE_NO_PAD.encode(modulus), "e": "AQAB" })
}

fn with(mut key: Value, name: &str, value: Value) -> Value {
    key[name] = value;
    key
}

fn taken(keys: &[Value]) -> Vec<PublishedKey> {
    read("id.example", json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

#[test]
fn the_kind_of_a_key_fixes_its_algorithm() {
    let keys = taken(&[es256(), ed25519(), rsa(256)]);
    let algorithms: Vec<Algorithm> = keys.iter().map(|key| key.algorithm).collect();
    assert_eq!(algorithms, [Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256]);
    let said = [
        with(es256(), "alg", json!("ES256")),
        with(ed25519(), "alg", json!("EdDSA")),
        with(rsa(256), "alg", json!("RS256")),
    ];
    assert_eq!(taken(&said).len(), 3);
    for other in ["HS256", "none", "RS512", "PS256", "ES384", ""] {
        let said = [es256(), ed25519(), rsa(256)].map(|key| with(key, "alg", json!(other)));
        assert_eq!(taken(&said), [], "{other}");
    }
}

#[test]
fn what_can_sign_is_not_taken_and_its_neighbours_are() {
    let secret = json!({ "kty": "oct", "k": "AAECAwQFBgcICQoLDA0ODw", "alg": "HS256", "kid": "s" });
    let private = PRIVATE.iter().map(|name| with(ed25519(), name, json!("AA")));
    let keys: Vec<Value> = private
        .chain([secret, with(es256(), "kid", json!("good"))])
        .collect();
    let taken = taken(&keys);
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].kid.as_deref(), Some("good"));
}

#[test]
fn what_is_no_key_for_verifying_is_left_out() {
    let broken = [
        json!(1),
        json!({}),
        json!({ "kty": "EC" }),
        with(es256(), "use", json!("enc")),
        with(es256(), "key_ops", json!(["sign"])),
        with(es256(), "kid", json!(7)),
        with(es256(), "kid", json!("k".repeat(256))),
        with(es256(), "crv", json!("P-384")),
        with(es256(), "x", json!("AAAA")),
        with(es256(), "y", json!("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")),
        with(ed25519(), "x", json!("")),
        with(ed25519(), "x", json!("AA")),
        with(ed25519(), "x", json!(format!("{}AAAA", "A".repeat(43)))),
        with(es256(), "x", json!("")),
        with(rsa(256), "n", json!("*")),
        with(rsa(256), "e", json!("*")),
        rsa(128),
        rsa(1_024),
    ];
    assert_eq!(taken(&broken), []);
    let good = with(with(es256(), "use", json!("sig")), "key_ops", json!(["verify"]));
    assert_eq!(taken(&[good]).len(), 1);
}

#[test]
fn keys_of_one_name_stay_side_by_side() {
    let same = [es256(), ed25519()].map(|key| with(key, "kid", json!("1")));
    assert_eq!(taken(&same).len(), 2);
}

#[test]
fn a_document_must_be_one_and_not_too_long() {
    for malformed in [
        "",
        "[]",
        "{}",
        r#"{"keys":{}}"#,
        "<html>",
        "{\"keys\":[]",
        "\u{0}",
    ] {
        assert_eq!(
            read("id.example", malformed.as_bytes()),
            Err(JwksError::Malformed),
            "{malformed}"
        );
    }
    let many = vec![es256(); MOST_KEYS + 1];
    let many = json!({ "keys": many }).to_string();
    assert_eq!(read("id.example", many.as_bytes()), Err(JwksError::TooManyKeys));
    assert_eq!(taken(&[]), []);
}
