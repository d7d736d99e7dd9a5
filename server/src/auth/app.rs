use std::time::Duration;

use mtchat_protocol::{AppId, Timestamp};
use mtchat_storage::{Storage, StorageError, StoredApp, StoredKey};
use tokio::{select, time::sleep};
use tokio_util::sync::CancellationToken;

use super::JwksUrl;
use crate::{JwtKey, KeyMaterial, Secret, gateway::Origin, limit::OwnLimits};

/// How often the table of apps is read: a new app, key or token holds after this at the latest, and so does its end.
const PERIOD: Duration = Duration::from_secs(2);

/// A host application that an operator made while this edge runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// The app.
    pub id: AppId,
    /// SHA-256 of its management tokens.
    pub admin_tokens: Vec<[u8; 32]>,
    /// The keys of its users' tokens.
    pub keys: Vec<JwtKey>,
    /// One of these must be in `aud`; empty: as configured.
    pub audience: Vec<String>,
    /// One of these must be `iss`; empty: as configured.
    pub issuer: Vec<String>,
    /// Where it publishes further keys.
    pub jwks_url: Option<JwksUrl>,
    /// Since when it exists.
    pub created_at: Timestamp,
    /// Web pages that may call and open sockets; `None`: as configured.
    pub origins: Option<Vec<Origin>>,
    /// How much may be asked in its name.
    pub limits: OwnLimits,
}

impl App {
    /// As the table has it; keys of an algorithm that is not known are told and left out.
    pub fn of(stored: &StoredApp) -> Self {
        let keys = stored.keys.iter().filter_map(|key| jwt_key(&stored.id, key));
        Self {
            id: stored.id.clone(),
            admin_tokens: stored.admin_tokens.clone(),
            keys: keys.collect(),
            audience: stored.audience.clone(),
            issuer: stored.issuer.clone(),
            jwks_url: jwks_url(stored),
            created_at: stored.created_at,
            origins: origins(stored),
            limits: stored.limits.into(),
        }
    }
}

fn jwks_url(stored: &StoredApp) -> Option<JwksUrl> {
    let url = stored.jwks_url.as_ref()?.parse();
    url.inspect_err(
        |error| tracing::error!(app.id = %stored.id, %error, "this app's address of keys is not taken"),
    )
    .ok()
}

/// One that can not be read allows nothing; a list of such allows nobody, for it is a list all the same.
fn origins(stored: &StoredApp) -> Option<Vec<Origin>> {
    let read = |text: &String| {
        let origin = text.parse();
        origin
            .inspect_err(
                |error| tracing::error!(app.id = %stored.id, %error, "an origin of this app is not taken"),
            )
            .ok()
    };
    (!stored.origins.is_empty()).then(|| stored.origins.iter().filter_map(read).collect())
}

fn jwt_key(app: &AppId, stored: &StoredKey) -> Option<JwtKey> {
    let material = KeyMaterial::parse(&stored.algorithm, &stored.key);
    if material.is_none() {
        tracing::error!(app.id = %app, algorithm = stored.algorithm, "a key of this app has an unknown algorithm");
    }
    Some(JwtKey {
        app: app.clone(),
        material: material?,
    })
}

impl KeyMaterial {
    /// A key for the algorithm of this name; `None` when there is no such algorithm.
    pub fn parse(algorithm: &str, key: &str) -> Option<Self> {
        match algorithm {
            "EdDSA" => Some(Self::EdDsa(key.to_owned())),
            "ES256" => Some(Self::Es256(key.to_owned())),
            "HS256" => Some(Self::Hs256(Secret::new(key))),
            "RS256" => Some(Self::Rs256(key.to_owned())),
            _ => None,
        }
    }
}

/// Have the apps of the table learned, whenever they are others, until told to stop. While the database is away, those known last go
/// on; what is configured does not wait for it, so none are learned first. Once the table has been read, `known_once` says so.
pub(crate) async fn follow_apps(
    storage: Storage,
    learn: impl Fn(&[App]),
    known_once: &CancellationToken,
    stop: &CancellationToken,
) {
    let mut known: Vec<App> = Vec::new();
    learn(&known);
    loop {
        match read(&storage).await {
            Ok(apps) => {
                if apps != known {
                    tracing::info!(apps.count = apps.len(), "the apps of the table are known");
                    learn(&apps);
                    known = apps;
                }
                known_once.cancel();
            }
            // Readiness tells when the database is away.
            Err(error) => tracing::debug!(%error, "the apps can not be read now"),
        }
        select! {
            () = stop.cancelled() => return,
            () = sleep(PERIOD) => {}
        }
    }
}

async fn read(storage: &Storage) -> Result<Vec<App>, StorageError> {
    let stored = storage.apps().await?;
    Ok(stored.iter().filter(|app| app.enabled).map(App::of).collect())
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{EncodingKey, Header, encode, get_current_timestamp};
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        AuthOptions, JwtOptions,
        auth::{AdminTokens, AuthError, Authenticator, TokenError},
    };

    const OURS: &str = "0123456789abcdef0123456789abcdef";
    const THEIRS: &str = "fedcba9876543210fedcba9876543210";

    fn app(id: &str, algorithm: &str, key: &str) -> App {
        let mut stored = StoredApp::new(
            AppId::new(id).unwrap(),
            mtchat_protocol::Timestamp::from_micros(0),
        );
        stored.keys.push(StoredKey {
            algorithm: algorithm.to_owned(),
            key: key.to_owned(),
        });
        App::of(&stored)
    }

    fn with(apps: &[App]) -> Authenticator {
        let material = KeyMaterial::parse("HS256", OURS).unwrap();
        let app = AppId::default_app();
        let keys = vec![JwtKey { app, material }];
        let options = JwtOptions {
            keys,
            ..JwtOptions::default()
        };
        let auth = Authenticator::new(&AuthOptions::Jwt(options)).unwrap();
        auth.replace_apps(apps);
        auth
    }

    fn whose(auth: &Authenticator, claims: &Value, secret: &str) -> Result<String, AuthError> {
        let key = EncodingKey::from_secret(secret.as_bytes());
        let token = encode(&Header::default(), claims, &key).unwrap();
        auth.token(&token, None).map(|who| who.caller.app.to_string())
    }

    fn alice() -> Value {
        json!({ "sub": "alice", "exp": get_current_timestamp() + 60 })
    }

    #[test]
    fn an_app_brings_its_own_key_and_its_own_audience() {
        let strict = App {
            audience: vec!["acme-chat".to_owned()],
            ..app("acme", "HS256", THEIRS)
        };
        let auth = with(&[strict]);
        assert_eq!(whose(&auth, &alice(), OURS).unwrap(), "default");
        assert_eq!(whose(&auth, &alice(), THEIRS), Err(TokenError::Audience.into()));
        let mut meant = alice();
        meant["aud"] = json!("acme-chat");
        assert_eq!(whose(&auth, &meant, THEIRS).unwrap(), "acme");
    }

    #[test]
    fn an_app_that_is_gone_takes_its_key_along() {
        let auth = with(&[app("acme", "HS256", THEIRS)]);
        assert_eq!(whose(&auth, &alice(), THEIRS).unwrap(), "acme");
        auth.replace_apps(&[]);
        assert_eq!(whose(&auth, &alice(), THEIRS), Err(TokenError::Signature.into()));
        assert_eq!(whose(&auth, &alice(), OURS).unwrap(), "default");
    }

    #[tokio::test]
    async fn what_vouches_for_nothing_any_more_is_told_once() {
        let with_address = |id: &str, key: &str| App {
            jwks_url: Some("http://127.0.0.1:9/jwks".parse().unwrap()),
            ..app(id, "HS256", key)
        };
        let auth = with(&[]);
        let acme = AppId::new("acme").unwrap();
        assert_eq!(auth.replace_apps(&[app("acme", "HS256", THEIRS)]), []);
        let who = {
            let key = EncodingKey::from_secret(THEIRS.as_bytes());
            let token = encode(&Header::default(), &alice(), &key).unwrap();
            auth.token(&token, None).unwrap()
        };
        assert!(auth.vouches(who.signer) && auth.still(who.clone()).is_ok());
        assert!(auth.knows_app(&acme));
        let second = "0f0e0d0c0b0a09080706050403020100";
        let gone = auth.replace_apps(&[app("acme", "HS256", second)]);
        assert_eq!(gone, [(acme.clone(), who.signer.unwrap())]);
        assert!(!auth.vouches(who.signer) && auth.knows_app(&acme));
        assert_eq!(auth.still(who), Err(AuthError::Revoked));
        assert_eq!(auth.replace_apps(&[app("acme", "HS256", second)]), []);
        assert_eq!(auth.replace_apps(&[with_address("acme", second)]), []);
        assert_eq!(auth.replace_apps(&[]).len(), 2);
        assert!(!auth.knows_app(&acme) && auth.knows_app(&AppId::default_app()));
    }

    #[test]
    fn a_key_of_two_apps_is_the_first_ones_and_a_broken_one_locks_nobody_out() {
        let auth = with(&[
            app("broken", "ES256", "nonsense"),
            app("unknown", "HS512", THEIRS),
            app("thief", "HS256", OURS),
            app("acme", "HS256", THEIRS),
            app("second", "HS256", THEIRS),
        ]);
        assert_eq!(whose(&auth, &alice(), OURS).unwrap(), "default");
        assert_eq!(whose(&auth, &alice(), THEIRS).unwrap(), "acme");
    }

    #[test]
    fn a_management_token_is_known_by_its_hash_and_stays_whose_it_was() {
        use sha2::{Digest, Sha256};
        let hash = |token: &str| -> [u8; 32] { Sha256::digest(token).into() };
        let holding = |id, token| App {
            admin_tokens: vec![hash(token)],
            ..app(id, "HS256", THEIRS)
        };
        let configured = crate::AdminToken {
            app: AppId::default_app(),
            token: Secret::new("first"),
        };
        let tokens = AdminTokens::new(&[configured]);
        tokens.replace_apps(&[holding("thief", "first"), holding("acme", "second")]);
        assert_eq!(tokens.app(Some("first")).unwrap().as_str(), "default");
        assert_eq!(tokens.app(Some("second")).unwrap().as_str(), "acme");
        tokens.replace_apps(&[]);
        assert_eq!(tokens.app(Some("second")), Err(AuthError::AdminToken));
    }
}
