use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{EncodingKey, Header, encode, get_current_timestamp as now};
use mtchat_protocol::Scopes;
use serde_json::{Value, json};

use super::*;
use crate::{KeyMaterial, Secret};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const OTHER: &str = "fedcba9876543210fedcba9876543210";
/// A public key whose private half was thrown away.
const RSA_PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAt3bdtUWrviqmVLxE/kbG
WAmKummwJDGG09SYS00kO+7J9PX5kMHPTDwaKizw3rz4wKGp4Ipp1b/y5Q1ZZ9yb
XgMCgQUMxCmMXXW60smDQMn5RfKCdjTqeUSU6PyQuRCnSCcEghkhhK9SmpE7+oEm
w0KPR/lnvzl2okBt2mIGnZQDQZcV/r4WvW7B+6amPREsH48ukQogaDcKFdd1LuwP
5MTWLd6zfK/VDc9nl9LXhIcEfRO+rgSu6/abvAtW2Ga/Cexry/anTD7DAip7KjUO
m5Tzo0OJS4j4Jmay7jkNGJfCt7LOT3NikslkJw5Qu4rGNzrUHApwl/VfL6FOAF14
bwIDAQAB
-----END PUBLIC KEY-----
";

fn hs256(app: &str, secret: &str) -> JwtKey {
    JwtKey {
        app: AppId::new(app).unwrap(),
        material: KeyMaterial::Hs256(Secret::new(secret)),
    }
}

fn options() -> JwtOptions {
    JwtOptions {
        keys: vec![hs256("default", SECRET)],
        ..JwtOptions::default()
    }
}

fn verify_with(options: JwtOptions, token: &str) -> Result<(AppId, Claims), TokenError> {
    let verified = Tokens::new(options).unwrap().verify(token, &Index::default())?;
    Ok((verified.app, verified.claims))
}

fn verify(claims: &Value) -> Result<Claims, TokenError> {
    verify_with(options(), &sign(claims, SECRET)).map(|(_, claims)| claims)
}

fn sign(claims: &Value, secret: &str) -> String {
    encode(
        &Header::default(),
        claims,
        &EncodingKey::from_secret(secret.as_bytes()),
    )
    .unwrap()
}

/// A token with exactly these bytes as claims.
fn sign_raw(header: &str, claims: &str, secret: &str) -> String {
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let key = EncodingKey::from_secret(secret.as_bytes());
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{message}.{signature}")
}

fn alice() -> Value {
    json!({ "sub": "alice", "exp": now() + 60 })
}

fn alice_with(name: &str, value: Value) -> Value {
    let mut claims = alice();
    claims[name] = value;
    claims
}

#[test]
fn a_good_token_says_who() {
    let claims = verify(&alice()).unwrap();
    assert_eq!(claims.user.as_str(), "alice");
    assert_eq!(claims.scopes, Scopes::default());
    let ends = claims.expires_at.unwrap().micros() / 1_000_000;
    assert!(ends.abs_diff(i64::try_from(now() + 60).unwrap()) <= 1);
}

#[test]
fn an_integer_user_id_is_its_decimal_string_and_anything_else_is_nobody() {
    assert_eq!(verify(&alice_with("sub", json!(42))).unwrap().user.as_str(), "42");
    for wrong in [
        json!(1.5),
        json!(""),
        json!(null),
        json!(["a"]),
        json!(true),
        json!("x".repeat(256)),
    ] {
        assert!(verify(&alice_with("sub", wrong)).is_err());
    }
    let named = JwtOptions {
        user_id_claim: "uid".to_owned(),
        ..options()
    };
    let token = sign(&alice_with("uid", json!("bob")), SECRET);
    assert_eq!(verify_with(named, &token).unwrap().1.user.as_str(), "bob");
}

#[test]
fn unsigned_tokens_are_refused() {
    let claims = alice().to_string();
    for algorithm in ["none", "None", "NONE", "nOnE", ""] {
        let header = format!("{{\"alg\":\"{algorithm}\"}}");
        let message = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(&claims)
        );
        for token in [format!("{message}."), message.clone(), format!("{message}.AAAA")] {
            assert!(verify_with(options(), &token).is_err(), "{algorithm}");
        }
    }
    let unnamed = sign_raw("{\"typ\":\"JWT\"}", &claims, SECRET);
    assert_eq!(verify_with(options(), &unnamed), Err(TokenError::Malformed));
}

#[test]
fn a_public_key_is_no_shared_secret() {
    let rsa = JwtKey {
        app: AppId::default_app(),
        material: KeyMaterial::Rs256(RSA_PUBLIC.to_owned()),
    };
    let options = || JwtOptions {
        keys: vec![rsa.clone()],
        ..JwtOptions::default()
    };
    assert_eq!(
        verify_with(options(), &sign(&alice(), RSA_PUBLIC)),
        Err(TokenError::Algorithm)
    );
    assert_eq!(
        verify_with(options(), &sign(&alice(), RSA_PUBLIC.trim())),
        Err(TokenError::Algorithm)
    );
    let forged = sign_raw("{\"alg\":\"RS256\"}", &alice().to_string(), RSA_PUBLIC);
    assert_eq!(verify_with(options(), &forged), Err(TokenError::Signature));
}

#[test]
fn the_algorithm_is_the_key_s() {
    let header = Header::new(Algorithm::HS512);
    let token = encode(&header, &alice(), &EncodingKey::from_secret(SECRET.as_bytes())).unwrap();
    assert_eq!(verify_with(options(), &token), Err(TokenError::Algorithm));
}

#[test]
fn every_configured_secret_is_good_for_its_app() {
    let keys = vec![hs256("one", OTHER), hs256("two", SECRET)];
    let options = || JwtOptions {
        keys: keys.clone(),
        ..JwtOptions::default()
    };
    assert_eq!(
        verify_with(options(), &sign(&alice(), SECRET))
            .unwrap()
            .0
            .as_str(),
        "two"
    );
    assert_eq!(
        verify_with(options(), &sign(&alice(), OTHER)).unwrap().0.as_str(),
        "one"
    );
    assert_eq!(
        verify_with(options(), &sign(&alice(), "neither")),
        Err(TokenError::Signature)
    );
}

/// The key pair of RFC 8032, test 1.
#[test]
fn ed25519_is_accepted_from_its_key_only() {
    let public = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
    let seed = [
        0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44,
        0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
    ];
    let prefix = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ];
    let private = EncodingKey::from_ed_der(&[&prefix[..], &seed[..]].concat());
    let ed = JwtKey {
        app: AppId::default_app(),
        material: KeyMaterial::EdDsa(public.to_owned()),
    };
    let options = || JwtOptions {
        keys: vec![ed.clone(), hs256("default", SECRET)],
        ..JwtOptions::default()
    };
    let good = encode(&Header::new(Algorithm::EdDSA), &alice(), &private).unwrap();
    assert_eq!(verify_with(options(), &good).unwrap().1.user.as_str(), "alice");
    let (message, _) = good.rsplit_once('.').unwrap();
    assert_eq!(
        verify_with(options(), &format!("{message}.{}", "A".repeat(86))),
        Err(TokenError::Signature)
    );
}

#[test]
fn an_unreadable_key_is_told_at_the_start() {
    let key = JwtKey {
        app: AppId::default_app(),
        material: KeyMaterial::Es256("nonsense".to_owned()),
    };
    let options = JwtOptions {
        keys: vec![key],
        ..JwtOptions::default()
    };
    assert!(matches!(
        Tokens::new(options),
        Err(OptionsError::Key { index: 0, .. })
    ));
}

#[test]
fn time_is_enforced_within_the_leeway() {
    let leeway = 30;
    assert_eq!(
        verify(&json!({ "sub": "a", "exp": now() - leeway - 2 })),
        Err(TokenError::Expired)
    );
    assert!(verify(&json!({ "sub": "a", "exp": now() - leeway + 5 })).is_ok());
    assert_eq!(
        verify(&alice_with("nbf", json!(now() + leeway + 5))),
        Err(TokenError::NotYet)
    );
    assert!(verify(&alice_with("nbf", json!(now() + leeway - 5))).is_ok());
    assert_eq!(
        verify(&alice_with("iat", json!(now() + leeway + 5))),
        Err(TokenError::NotYet)
    );
    assert!(verify(&alice_with("iat", json!(now() + leeway - 5))).is_ok());
    assert_eq!(
        verify(&alice_with("exp", json!("soon"))),
        Err(TokenError::NoExpiry)
    );
}

#[test]
fn a_leeway_of_a_day_is_a_minute() {
    let lenient = JwtOptions {
        leeway: Duration::from_secs(86_400),
        ..options()
    };
    let token = sign(&json!({ "sub": "a", "exp": now() - 70 }), SECRET);
    assert_eq!(verify_with(lenient, &token), Err(TokenError::Expired));
}

#[test]
fn a_token_without_an_end_needs_the_switch() {
    let endless = json!({ "sub": "alice" });
    assert_eq!(verify(&endless), Err(TokenError::NoExpiry));
    let switched = || JwtOptions {
        require_exp: false,
        ..options()
    };
    let (_, claims) = verify_with(switched(), &sign(&endless, SECRET)).unwrap();
    assert_eq!(claims.expires_at, None);
    let over = json!({ "sub": "alice", "exp": now() - 100 });
    assert_eq!(
        verify_with(switched(), &sign(&over, SECRET)),
        Err(TokenError::Expired)
    );
    assert!(verify_with(switched(), &sign(&json!({ "sub": "a", "exp": "never" }), SECRET)).is_err());
}

#[test]
fn tokens_for_others_are_refused() {
    let ours = || JwtOptions {
        audience: vec!["mtchat".into()],
        issuer: vec!["host".into()],
        ..options()
    };
    let check = |aud: Value, iss: Value| {
        let mut claims = alice();
        claims["aud"] = aud;
        claims["iss"] = iss;
        verify_with(ours(), &sign(&claims, SECRET)).map(|_| ())
    };
    assert_eq!(check(json!("mtchat"), json!("host")), Ok(()));
    assert_eq!(check(json!(["other", "mtchat"]), json!("host")), Ok(()));
    assert_eq!(check(json!("other"), json!("host")), Err(TokenError::Audience));
    assert_eq!(
        check(json!("mtchat"), json!("https://evil.example")),
        Err(TokenError::Audience)
    );
    assert_eq!(check(json!(null), json!("host")), Err(TokenError::Audience));
    assert_eq!(check(json!("mtchat"), json!(null)), Err(TokenError::Audience));
    assert!(verify(&alice_with("aud", json!("whoever"))).is_ok());
}

#[test]
fn scopes_are_read_from_both_places_and_in_all_spellings() {
    let expected = verify(&alice_with("scope_level0", json!(["t"]))).unwrap().scopes;
    assert_eq!(expected.scope_level0[0].as_str(), "t");
    for scopes in [
        json!({ "scope_level0": ["t"] }),
        json!({ "scopeLevel0": ["t"] }),
        json!({ "tenantUid": "t" }),
    ] {
        assert_eq!(verify(&alice_with("scopes", scopes)).unwrap().scopes, expected);
    }
    assert_eq!(
        verify(&alice_with("tenant_uid", json!("t"))).unwrap().scopes,
        expected
    );
    // A list of OAuth scopes is not ours.
    assert_eq!(
        verify(&alice_with("scopes", json!("read write"))).unwrap().scopes,
        Scopes::default()
    );
    for wrong in [json!("t"), json!([""]), json!([1]), json!({})] {
        assert_eq!(
            verify(&alice_with("scope_level0", wrong)),
            Err(TokenError::Claims)
        );
    }
}

#[test]
fn permissions_are_strings() {
    let claims = verify(&alice_with("permissions", json!(["moderate"]))).unwrap();
    assert_eq!(claims.permissions, ["moderate"]);
    assert_eq!(
        verify(&alice_with("permissions", json!("moderate"))),
        Err(TokenError::Claims)
    );
}

#[test]
fn ambiguous_and_monstrous_tokens_are_refused() {
    let header = "{\"alg\":\"HS256\"}";
    let end = now() + 60;
    let twice = format!("{{\"sub\":\"alice\",\"exp\":{end},\"sub\":\"bob\"}}");
    assert_eq!(
        verify_with(options(), &sign_raw(header, &twice, SECRET)),
        Err(TokenError::Malformed)
    );
    let end_twice = format!("{{\"sub\":\"alice\",\"exp\":1,\"exp\":{end}}}");
    assert_eq!(
        verify_with(options(), &sign_raw(header, &end_twice, SECRET)),
        Err(TokenError::Malformed)
    );
    let deep = format!(
        "{{\"sub\":\"a\",\"exp\":{end},\"x\":{}{}}}",
        "[".repeat(2_000),
        "]".repeat(2_000)
    );
    assert_eq!(
        verify_with(options(), &sign_raw(header, &deep, SECRET)),
        Err(TokenError::Malformed)
    );
    let critical = "{\"alg\":\"HS256\",\"crit\":[\"x\"],\"x\":1}";
    assert!(verify_with(options(), &sign_raw(critical, &alice().to_string(), SECRET)).is_err());
    let large = sign(&alice_with("x", json!("y".repeat(1_000_000))), SECRET);
    assert_eq!(verify_with(options(), &large), Err(TokenError::TooLarge));
    for garbage in ["", ".", "..", "a.b.c", "ä.ö.ü", "a.b.c.d"] {
        assert!(verify_with(options(), garbage).is_err());
    }
}
