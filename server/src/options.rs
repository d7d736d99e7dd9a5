use std::{collections::HashSet, net::SocketAddr, sync::Arc, time::Duration};

use mtchat_domain::WebhookReach;
use mtchat_protocol::AppId;

use crate::{Secret, auth::JwksUrl, files::FilesOptions, gateway::GatewayOptions, limit::LimitOptions};

/// Secrets that stand in examples and manuals; nobody may run on them.
const KNOWN_SECRETS: &[&str] = &[
    "secret",
    "change-me",
    "changeme",
    "your-256-bit-secret",
    "your-secret-key",
    "your-super-secret-jwt-key",
    "your-super-secret-key-change-in-production",
];

/// The shortest HS256 secret: as long as the hash, as RFC 7518 asks.
const SHORTEST_SECRET: usize = 32;

/// Everything the edge can be told. Read from the environment elsewhere.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Where to listen; insecure mode asks whether others can reach it.
    pub bind: SocketAddr,
    /// How callers prove who they are.
    pub auth: AuthOptions,
    /// Tokens of the Management API; without any it is closed.
    pub admin_tokens: Vec<AdminToken>,
    /// Which web pages may call.
    pub cors: CorsOptions,
    /// How sockets are treated.
    pub gateway: GatewayOptions,
    /// How much anybody may ask for.
    pub limits: LimitOptions,
    /// How long a write waits at most until it is stored.
    pub write_wait: Duration,
    /// How long a read with a position waits at most for the projection.
    pub read_wait: Duration,
    /// How long a connection may take for the headers of its next request.
    pub header_timeout: Duration,
    /// How long a request's body may take.
    pub body_timeout: Duration,
    /// How an edge leaves.
    pub drain: DrainOptions,
    /// Where files are kept; without it there are none.
    pub files: Option<FilesOptions>,
    /// Under which address browsers reach the edges, without a slash at its end; without it, as each request says.
    pub public_url: Option<String>,
    /// Where hosts' webhook endpoints may be.
    pub webhook_reach: WebhookReach,
    /// Weak and known secrets, and insecure mode on a public address, are let through.
    pub development: bool,
}

/// How callers prove who they are.
#[derive(Debug, Clone)]
pub enum AuthOptions {
    /// They say it in the query. For development: refuses to start where others can reach it.
    Insecure {
        /// The app of all callers.
        app: AppId,
        /// Start although others can reach it.
        allow_public: bool,
    },
    /// By a signed token.
    Jwt(JwtOptions),
}

/// What makes a token good.
#[derive(Debug, Clone)]
pub struct JwtOptions {
    /// Keys; each belongs to one app, and the token is of that app.
    pub keys: Vec<JwtKey>,
    /// Where apps publish further keys.
    pub jwks: Vec<JwksAddress>,
    /// The claim that holds the user id.
    pub user_id_claim: String,
    /// The object claim that may hold the scopes.
    pub scopes_claim: String,
    /// Refuse tokens without `exp`.
    pub require_exp: bool,
    /// One of these must be in `aud`; empty: `aud` is not looked at.
    pub audience: Vec<String>,
    /// One of these must be `iss`; empty: `iss` is not looked at.
    pub issuer: Vec<String>,
    /// How far clocks may differ; at most 60 s.
    pub leeway: Duration,
    /// The unsigned scope header counts for tokens without scopes.
    pub scope_header_trusted: bool,
}

/// A key and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwtKey {
    /// The app whose tokens it verifies.
    pub app: AppId,
    /// The key, which fixes the algorithm.
    pub material: KeyMaterial,
}

/// Where an app publishes keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwksAddress {
    /// The app whose tokens they verify.
    pub app: AppId,
    /// The address.
    pub url: JwksUrl,
}

/// A key for one algorithm. What the token says about its algorithm only picks among these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyMaterial {
    /// A public key as PEM.
    EdDsa(String),
    /// A public P-256 key as PEM.
    Es256(String),
    /// A shared secret.
    Hs256(Secret),
    /// A public key as PEM.
    Rs256(String),
}

/// A token of the Management API.
#[derive(Debug, Clone)]
pub struct AdminToken {
    /// The app that it manages.
    pub app: AppId,
    /// The token.
    pub token: Secret,
}

/// Which web pages may call; `*` in a list means any.
#[derive(Debug, Clone)]
pub struct CorsOptions {
    /// Origins.
    pub origins: Vec<String>,
    /// Methods.
    pub methods: Vec<String>,
    /// Request headers.
    pub headers: Vec<String>,
    /// Cookies and the like; never together with any origin.
    pub credentials: bool,
    /// How long a browser may remember the answer.
    pub max_age: Duration,
}

/// How an edge leaves.
#[derive(Debug, Clone)]
pub struct DrainOptions {
    /// Readiness is off and requests are still taken, so that a load balancer notices first.
    pub notice: Duration,
    /// Over how long the sockets are told to move, in slices.
    pub sockets: Duration,
    /// How long requests in flight may take after that.
    pub requests: Duration,
}

/// Renders the metrics page; given by whoever installed the recorder.
pub type MetricsPage = Arc<dyn Fn() -> String + Send + Sync>;

/// Something in the options that the edge does not start with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// The same management token for two apps.
    #[error("a management token is configured twice")]
    AdminTokenTwice,
    /// The file store can not be asked with these options.
    #[error("the file store is not configured rightly: {0}")]
    Files(#[from] mtchat_files::FileOptionsError),
    /// An empty management token.
    #[error("a management token is empty")]
    EmptyAdminToken,
    /// Insecure mode where others can connect.
    #[error(
        "without JWT anybody is who they say they are, so {0} must be a loopback address (or AUTH_INSECURE_ALLOW_PUBLIC=true)"
    )]
    InsecureOnPublicAddress(SocketAddr),
    /// A PEM key that can not be read.
    #[error("key {index} of app {app} can not be read: {reason}")]
    Key {
        /// The app.
        app: AppId,
        /// Which of the keys, from 0.
        index: usize,
        /// What is wrong.
        reason: String,
    },
    /// JWT without a key.
    #[error("JWT is on but there is no key: set JWT_SECRET, JWT_SECRETS or JWT_JWKS_URL")]
    NoKey,
    /// Two apps with one secret: a token of one would be a token of the other.
    #[error("two apps share a JWT key")]
    SharedKey,
    /// A secret that everybody knows, or that can be guessed.
    #[error("a JWT secret is shorter than {SHORTEST_SECRET} bytes or taken from an example")]
    WeakSecret,
}

impl ServerOptions {
    /// Everything that is wrong, at once.
    pub fn check(&self) -> Vec<OptionsError> {
        let mut wrong = Vec::new();
        match &self.auth {
            AuthOptions::Insecure { allow_public, .. } => {
                if !allow_public && !self.bind.ip().is_loopback() {
                    wrong.push(OptionsError::InsecureOnPublicAddress(self.bind));
                }
            }
            AuthOptions::Jwt(jwt) => {
                if jwt.keys.is_empty() && jwt.jwks.is_empty() {
                    wrong.push(OptionsError::NoKey);
                }
                self.check_keys(&jwt.keys, &mut wrong);
            }
        }
        if self
            .admin_tokens
            .iter()
            .any(|admin| admin.token.expose().trim().is_empty())
        {
            wrong.push(OptionsError::EmptyAdminToken);
        }
        let mut tokens = HashSet::new();
        if !self
            .admin_tokens
            .iter()
            .all(|admin| tokens.insert(admin.token.expose()))
        {
            wrong.push(OptionsError::AdminTokenTwice);
        }
        wrong
    }

    fn check_keys(&self, keys: &[JwtKey], wrong: &mut Vec<OptionsError>) {
        let weak = keys.iter().any(|key| match &key.material {
            KeyMaterial::Hs256(secret) => is_weak(secret),
            KeyMaterial::EdDsa(_) | KeyMaterial::Es256(_) | KeyMaterial::Rs256(_) => false,
        });
        if weak && !self.development {
            wrong.push(OptionsError::WeakSecret);
        }
        let shared = keys.iter().enumerate().any(|(index, key)| {
            keys[..index]
                .iter()
                .any(|other| other.app != key.app && other.material.text() == key.material.text())
        });
        if shared {
            wrong.push(OptionsError::SharedKey);
        }
    }
}

fn is_weak(secret: &Secret) -> bool {
    secret.expose().len() < SHORTEST_SECRET
        || KNOWN_SECRETS.contains(&secret.expose().to_ascii_lowercase().as_str())
}

impl KeyMaterial {
    fn text(&self) -> &str {
        match self {
            Self::EdDsa(pem) | Self::Es256(pem) | Self::Rs256(pem) => pem,
            Self::Hs256(secret) => secret.expose(),
        }
    }
}

impl Default for JwtOptions {
    fn default() -> Self {
        Self {
            keys: Vec::new(),
            jwks: Vec::new(),
            user_id_claim: "sub".to_owned(),
            scopes_claim: "scopes".to_owned(),
            require_exp: true,
            audience: Vec::new(),
            issuer: Vec::new(),
            leeway: Duration::from_secs(30),
            scope_header_trusted: false,
        }
    }
}

impl Default for CorsOptions {
    fn default() -> Self {
        let methods = ["GET", "POST", "PUT", "DELETE", "OPTIONS"];
        Self {
            origins: vec!["*".to_owned()],
            methods: methods.map(str::to_owned).to_vec(),
            headers: vec!["*".to_owned()],
            credentials: false,
            max_age: Duration::from_secs(3_600),
        }
    }
}

impl Default for DrainOptions {
    fn default() -> Self {
        Self {
            notice: Duration::from_secs(2),
            sockets: Duration::from_secs(15),
            requests: Duration::from_secs(10),
        }
    }
}

impl ServerOptions {
    /// The defaults of parity section 13 around an address and a way to prove who calls.
    pub fn new(bind: SocketAddr, auth: AuthOptions) -> Self {
        Self {
            bind,
            auth,
            admin_tokens: Vec::new(),
            cors: CorsOptions::default(),
            gateway: GatewayOptions::default(),
            limits: LimitOptions::default(),
            write_wait: Duration::from_secs(1),
            read_wait: Duration::from_secs(2),
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(10),
            drain: DrainOptions::default(),
            files: None,
            public_url: None,
            webhook_reach: WebhookReach::default(),
            development: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(secrets: &[(&str, &str)]) -> ServerOptions {
        let keys = secrets.iter().map(|(app, secret)| JwtKey {
            app: AppId::new(app).unwrap(),
            material: KeyMaterial::Hs256(Secret::new(*secret)),
        });
        let jwt = JwtOptions {
            keys: keys.collect(),
            ..JwtOptions::default()
        };
        ServerOptions::new("127.0.0.1:0".parse().unwrap(), AuthOptions::Jwt(jwt))
    }

    #[test]
    fn weak_and_shared_secrets_do_not_start() {
        let good = "0123456789abcdef0123456789abcdef";
        assert_eq!(jwt(&[("default", good)]).check(), []);
        assert_eq!(jwt(&[("default", "short")]).check(), [OptionsError::WeakSecret]);
        assert_eq!(
            jwt(&[("a", good), ("b", good)]).check(),
            [OptionsError::SharedKey]
        );
        assert_eq!(jwt(&[]).check(), [OptionsError::NoKey]);
        let known = jwt(&[("default", "Your-Super-Secret-Key-Change-In-Production")]);
        assert_eq!(known.check(), [OptionsError::WeakSecret]);
    }

    #[test]
    fn insecure_mode_does_not_start_where_others_can_reach_it() {
        let bind: SocketAddr = "0.0.0.0:8080".parse().unwrap();
        let insecure = |allow_public| AuthOptions::Insecure {
            app: AppId::default_app(),
            allow_public,
        };
        let wrong = ServerOptions::new(bind, insecure(false)).check();
        assert_eq!(wrong, [OptionsError::InsecureOnPublicAddress(bind)]);
        assert_eq!(ServerOptions::new(bind, insecure(true)).check(), []);
        let local = ServerOptions::new("[::1]:8080".parse().unwrap(), insecure(false));
        assert_eq!(local.check(), []);
    }

    #[test]
    fn a_secret_does_not_show() {
        assert_eq!(format!("{:?}", Secret::new("hush")), "Secret(…)");
        let options = format!("{:?}", jwt(&[("default", "hushhushhush")]));
        assert!(!options.contains("hush"));
    }
}
