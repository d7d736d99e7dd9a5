use std::{net::IpAddr, path::Path, time::Duration};

use super::*;

const STRONG: &str = "4b1f0c6d9a7e8835f2aa60c1d39b47e5";

fn with<const N: usize>(variables: [(&str, &str); N]) -> Sources {
    Sources {
        environment: variables.into_iter().collect(),
        ..Sources::default()
    }
}

fn problems(sources: &Sources, purpose: Purpose) -> Vec<String> {
    Settings::load(sources, purpose)
        .map(|_| Vec::new())
        .unwrap_or_else(|error| error.problems)
}

fn file(directory: &Path, text: &str) -> Option<PathBuf> {
    let path = directory.join("mtchat.toml");
    std::fs::write(&path, text).unwrap();
    Some(path)
}

#[test]
fn the_variables_of_existing_deployments_are_understood() {
    let sources = with([
        ("DATABASE_URL", "postgres://app:pw@db/chat"),
        ("DATABASE_MAX_CONNECTIONS", "7"),
        ("DATABASE_ACQUIRE_TIMEOUT_SECS", "3"),
        ("DATABASE_MIN_CONNECTIONS", ""),
        ("PORT", "9000"),
        ("JWT_AUTH_ENABLED", "1"),
        ("JWT_SECRET", STRONG),
        ("JWT_USER_ID_CLAIM", "uid"),
        ("ADMIN_API_TOKEN", STRONG),
        ("REDIS_URL", "redis://ignored"),
    ]);
    let settings = Settings::load(&sources, Purpose::Serve).unwrap();
    assert_eq!(settings.database.url.expose(), "postgres://app:pw@db/chat");
    assert_eq!(settings.database.max_connections.get(), 7);
    assert_eq!(settings.database.min_connections, 5);
    assert_eq!(settings.database.acquire_timeout, Duration::from_secs(3));
    assert_eq!(settings.http.address().to_string(), "0.0.0.0:9000");
    assert!(settings.auth.jwt_enabled);
    assert_eq!(settings.auth.user_id_claim, "uid");
    assert_eq!(settings.nats.url.expose(), "nats://127.0.0.1:4222");
}

#[test]
fn the_store_of_existing_deployments_is_understood_by_its_older_names_too() {
    let store = |more: &[(&'static str, &'static str)]| {
        let all = [
            ("S3_ENDPOINT", "http://minio:9000"),
            ("S3_BUCKET", "chat-files"),
            ("S3_ACCESS_KEY", "old-key"),
            ("S3_SECRET_KEY", "old-secret"),
            ("S3_PRESIGN_UPLOAD_EXPIRY", "60"),
            ("PUBLIC_URL", "https://chat.example/"),
            ("DATABASE_URL", "postgres://app:pw@db/chat"),
            ("BIND_HOST", "127.0.0.1"),
        ];
        Sources {
            environment: all.into_iter().chain(more.iter().copied()).collect(),
            ..Sources::default()
        }
    };
    let settings = Settings::load(&store(&[]), Purpose::Serve).unwrap();
    assert_eq!(settings.http.public_url.as_deref(), Some("https://chat.example"));
    assert_eq!(settings.files.upload_expiry, Duration::from_secs(60));
    let options = settings.files.file_options().unwrap();
    assert_eq!(
        (options.access_key_id.as_str(), options.path_style),
        ("old-key", true)
    );

    let newer = [("S3_ACCESS_KEY_ID", "key"), ("S3_SECRET_ACCESS_KEY", "hunter2")];
    let files = Settings::load(&store(&newer), Purpose::Work).unwrap().files;
    let options = files.file_options().unwrap();
    assert_eq!(
        (options.access_key_id.as_str(), options.secret_access_key.as_str()),
        ("key", "hunter2")
    );
    assert!(!format!("{files:?}").contains("hunter2"));
}

#[test]
fn half_a_store_is_refused_wherever_files_are_handled() {
    let half = with([
        ("S3_ENDPOINT", "http://minio:9000"),
        ("DATABASE_URL", "postgres://app:pw@db/chat"),
        ("BIND_HOST", "127.0.0.1"),
    ]);
    for purpose in [Purpose::Serve, Purpose::Up, Purpose::Work] {
        let found = problems(&half, purpose);
        assert!(
            found.len() == 1 && found[0].contains("S3_BUCKET"),
            "{purpose:?}: {found:?}"
        );
    }
    assert_eq!(problems(&half, Purpose::Migrate), [""; 0]);
}

#[test]
fn the_rate_limit_of_existing_deployments_replaces_the_ceiling_of_users_where_it_is_on() {
    let user = |enabled: &str, rps: &str| {
        let sources = with([
            ("RATE_LIMIT_ENABLED", enabled),
            ("RATE_LIMIT_RPS", rps),
            ("TRUSTED_PROXIES", "2"),
        ]);
        let limits = Settings::load(&sources, Purpose::Inspect)
            .unwrap()
            .limits
            .limit_options();
        assert_eq!(limits.trusted_proxies, 2);
        (limits.user.per_second.get(), limits.user.burst.get())
    };
    assert_eq!(user("", "7"), (1_000, 2_000));
    assert_eq!(user("true", ""), (100, 50));
    assert_eq!(user("true", "7"), (7, 50));
    let nothing = with([("RATE_LIMIT_RPS", "0")]);
    assert_eq!(problems(&nothing, Purpose::Inspect).len(), 1);
}

#[test]
fn the_archiver_of_existing_deployments_is_understood_and_may_be_off() {
    let archiving = |cron: &str, after: &str| {
        let sources = with([("ARCHIVE_CRON", cron), ("ARCHIVE_AFTER_SECS", after)]);
        Settings::load(&sources, Purpose::Inspect)
            .unwrap()
            .worker
            .archive_options()
    };
    let after = |cron: &str, after: &str| archiving(cron, after).map(|options| options.after);
    assert_eq!(after("", ""), Some(Duration::from_secs(259_200)));
    assert_eq!(after("0 0 3 * * *", "60"), Some(Duration::from_secs(60)));
    assert_eq!(after("", "0"), None);

    let five_fields = with([
        ("ARCHIVE_CRON", "*/5 * * * *"),
        ("DATABASE_URL", "postgres://app:pw@db/chat"),
        ("BIND_HOST", "127.0.0.1"),
    ]);
    let found = problems(&five_fields, Purpose::Work);
    assert!(
        found.len() == 1 && found[0].starts_with("ARCHIVE_CRON must be a schedule of six fields"),
        "{found:?}"
    );
    assert_eq!(problems(&five_fields, Purpose::Serve), [""; 0]);
}

#[test]
fn published_keys_may_stand_in_for_a_secret_and_their_address_is_judged() {
    let published = |url: &str| {
        let sources = with([
            ("JWT_AUTH_ENABLED", "true"),
            ("JWT_JWKS_URL", url),
            ("DATABASE_URL", "postgres://app:pw@db/chat"),
        ]);
        problems(&sources, Purpose::Serve)
    };
    assert_eq!(published("https://id.example/jwks"), [""; 0]);
    assert_eq!(published("").len(), 1, "neither");
    let insecure = published("http://id.example/jwks");
    assert!(
        insecure.len() == 1 && insecure[0].starts_with("JWT_JWKS_URL"),
        "{insecure:?}"
    );
}

#[test]
fn several_secrets_win_over_a_single_one() {
    let other = "0f9e8d7c6b5a49382716051423324150";
    let both = format!(" {STRONG} ,, {other} ");
    let sources = with([
        ("JWT_SECRET", "a,b"),
        ("JWT_SECRETS", &both),
        ("MTCHAT_ENVIRONMENT", "development"),
    ]);
    let auth = Settings::load(&sources, Purpose::Inspect).unwrap().auth;
    let secrets: Vec<&str> = auth
        .jwt_secrets
        .iter()
        .map(|secret| secret.expose().as_str())
        .collect();
    assert_eq!(secrets, [STRONG, other]);

    let auth = Settings::load(
        &with([("JWT_SECRET", "a,b"), ("JWT_SECRETS", ", ,")]),
        Purpose::Inspect,
    )
    .unwrap()
    .auth;
    assert_eq!(auth.jwt_secrets.len(), 1);
    assert_eq!(auth.jwt_secrets[0].expose(), "a,b");
}

#[test]
fn the_environment_wins_over_the_file_and_the_command_line_over_both() {
    let directory = tempfile::tempdir().unwrap();
    let text =
        "environment = \"development\"\n[http]\nhost = \"127.0.0.1\"\nport = 1\n[nats]\nreplicas = 3\n";
    let mut sources = with([("PORT", "2")]);
    sources.defaults = Layer::default()
        .with("http.port", 7_u16)
        .with("worker.port", 7_u16);
    sources.file = file(directory.path(), text);
    let settings = Settings::load(&sources, Purpose::Up).unwrap();
    assert_eq!(
        (settings.http.port, settings.worker.port, settings.nats.replicas),
        (2, 7, 3)
    );
    assert!(settings.development);

    sources.command_line = Layer::default()
        .with("http.port", 3_u16)
        .with_some("http.host", None::<String>);
    let http = Settings::load(&sources, Purpose::Up).unwrap().http;
    assert_eq!(
        (http.host, http.port),
        ("127.0.0.1".parse::<IpAddr>().unwrap(), 3)
    );
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let sources = with([
        ("PORT", "many"),
        ("JWT_AUTH_ENABLED", "perhaps"),
        ("DATABASE_URL", "mysql://db"),
        ("DATABASE_MIN_CONNECTIONS", "30"),
        ("NATS_URL", "http://broker"),
        ("ADMIN_API_TOKEN", "short"),
        ("WORKER_ROLES", "projector,juggler"),
        ("JWT_USER_ID_CLAIM", "sub"),
    ]);
    let found = problems(&sources, Purpose::Up);
    for expected in [
        "PORT must be a whole number",
        "JWT_AUTH_ENABLED must be `true` or `false`",
        "DATABASE_URL must begin with postgres://",
        "DATABASE_MIN_CONNECTIONS (30) is greater",
        "NATS_URL must begin with nats://",
        "ADMIN_API_TOKEN has 5 bytes",
        "`worker.roles.1` must be one of archiver, fanout, indexer, notifier, projector, sweeper, webhooks",
        "authentication is off and 0.0.0.0 is open",
    ] {
        assert!(
            found.iter().any(|problem| problem.contains(expected)),
            "{expected} is missing in {found:#?}"
        );
    }
    assert_eq!(found.len(), 8, "{found:#?}");
}

#[test]
fn unknown_keys_of_the_file_are_errors() {
    let directory = tempfile::tempdir().unwrap();
    let sources = Sources {
        file: file(
            directory.path(),
            "[auth]\njwt_enable = true\n[htpp]\nport = 1\n[http]\nport = \"x\"\n",
        ),
        ..Sources::default()
    };
    let found = problems(&sources, Purpose::Inspect);
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found[0].contains("`htpp` is unknown"));
    assert!(found[1].contains("`auth` has no key `jwt_enable`"));
    assert_eq!(
        found[2],
        "`http.port` must be a whole number up to 65535, but is text"
    );
}

#[test]
fn a_file_that_is_missing_or_broken_is_named_and_not_shown() {
    let missing = Sources {
        file: Some("no/such/file.toml".into()),
        ..Sources::default()
    };
    assert!(problems(&missing, Purpose::Inspect)[0].starts_with("no/such/file.toml can not be read"));

    let directory = tempfile::tempdir().unwrap();
    let broken = Sources {
        file: file(directory.path(), "[auth]\nadmin_api_token = hunter2 oops\n"),
        ..Sources::default()
    };
    let found = problems(&broken, Purpose::Inspect);
    assert!(found[0].contains("is not valid TOML (line 2)"), "{found:?}");
    assert!(!found[0].contains("hunter2"));
}

#[test]
fn weak_secrets_are_for_development_only() {
    for weak in [
        "secret",
        "your-super-secret-jwt-key-change-in-production",
        &"a".repeat(40),
    ] {
        let on = [
            ("JWT_AUTH_ENABLED", "true"),
            ("JWT_SECRET", weak),
            ("DATABASE_URL", "postgres://db/chat"),
        ];
        assert_eq!(problems(&with(on), Purpose::Serve).len(), 1, "{weak} was taken");
        let mut development = with(on);
        development.command_line = Layer::default().with("environment", "development");
        assert_eq!(problems(&development, Purpose::Serve), Vec::<String>::new());
    }
}

#[test]
fn a_server_without_authentication_keeps_to_its_machine() {
    let insecure = |host: &str, allow: &str| {
        problems(
            &with([
                ("DATABASE_URL", "postgres://db/chat"),
                ("BIND_HOST", host),
                ("AUTH_INSECURE_ALLOW_PUBLIC", allow),
            ]),
            Purpose::Serve,
        )
    };
    assert_eq!(insecure("0.0.0.0", "false").len(), 1);
    assert_eq!(insecure("::", "").len(), 1);
    assert!(insecure("127.0.0.1", "").is_empty());
    assert!(insecure("::1", "").is_empty());
    assert!(insecure("0.0.0.0", "true").is_empty());
}

#[test]
fn the_default_database_is_for_development_only() {
    assert!(problems(&with([]), Purpose::Migrate)[0].contains("DATABASE_URL is not set"));
    assert!(problems(&with([("MTCHAT_ENVIRONMENT", "development")]), Purpose::Migrate).is_empty());
}

#[test]
fn nothing_secret_shows_in_debug_output() {
    let sources = with([
        ("DATABASE_URL", "postgres://app:hunter2@db/chat"),
        ("NATS_URL", "nats://app:hunter2@broker"),
        ("JWT_SECRET", "hunter2"),
        ("ADMIN_API_TOKEN", "hunter2"),
        ("WEBHOOK_SECRET", "hunter2"),
    ]);
    let settings = Settings::load(&sources, Purpose::Inspect).unwrap();
    assert!(!format!("{settings:?}").contains("hunter2"));
}
