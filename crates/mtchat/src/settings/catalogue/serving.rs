use super::setting::{Setting, is, unset};

pub(super) const HTTP: &[Setting] = &[
    is("host", "\"0.0.0.0\"", "the address to listen on").text("BIND_HOST"),
    is("port", "8080", "HTTP and WebSocket; 0 takes a free one").number("PORT"),
    unset(
        "public_url",
        "\"https://chat.example\"",
        "as each request says",
        "where browsers reach the edges, such as `https://chat.example`: what links to them begin with",
    )
    .text("PUBLIC_URL"),
    is(
        "drain_notice_secs",
        "2",
        "told to stop: so long it still takes requests, while it says that it is not ready",
    ),
    is(
        "drain_sockets_secs",
        "15",
        "over so long the sockets are then told to move",
    ),
    is(
        "drain_requests_secs",
        "10",
        "so long requests may take after that",
    ),
];

pub(super) const AUTH: &[Setting] = &[
    unset("admin_api_token", "\"...\"", "", "opens the Management API; without it that is closed").text("ADMIN_API_TOKEN"),
    is("jwt_enabled", "false", "off: everybody is who they say they are, see [insecure mode](api.md#insecure-mode)").flag("JWT_AUTH_ENABLED"),
    is("jwt_secrets", "[]", "HS256 secrets; a token signed with any of them is good. To change one: add the new, sign with it, remove the old").single("JWT_SECRET").list("JWT_SECRETS"),
    unset("jwks_url", "\"https://id.example/.well-known/jwks.json\"", "", "where further keys are published, see [published keys](#published-keys)").text("JWT_JWKS_URL"),
    is("user_id_claim", "\"sub\"", "the claim that holds the user id").text("JWT_USER_ID_CLAIM"),
    is("scopes_claim", "\"scopes\"", "the object claim that may hold the scopes").text("JWT_SCOPES_CLAIM"),
    is("require_exp", "true", "refuse tokens without `exp`. Clocks may differ by 30 s: until then a token that has ended, or is not yet good, is taken").flag("JWT_REQUIRE_EXP"),
    unset("audience", "\"...\"", "", "the `aud` that tokens must carry").text("JWT_AUDIENCE"),
    unset("issuer", "\"...\"", "", "the `iss` that tokens must carry").text("JWT_ISSUER"),
    is("scope_header_trusted", "false", "the unsigned `X-Scope-Config` header gives scopes to tokens without any").flag("SCOPE_HEADER_TRUSTED"),
    is("ws_query_token", "true", "a WebSocket may carry its token in the address").flag("WS_QUERY_TOKEN"),
    is("insecure_allow_public", "false", "lets a server without authentication listen to other machines").flag("AUTH_INSECURE_ALLOW_PUBLIC"),
];

pub(super) const CORS: &[Setting] = &[
    is(
        "allowed_origins",
        "[\"*\"]",
        "pages that may call, such as `https://shop.example`; `*`: any",
    )
    .list("CORS_ALLOWED_ORIGINS"),
    is(
        "allowed_methods",
        "[\"GET\", \"POST\", \"PUT\", \"DELETE\", \"OPTIONS\"]",
        "methods that scripts of these pages may use",
    )
    .list("CORS_ALLOWED_METHODS"),
    is("allowed_headers", "[\"*\"]", "headers that they may send").list("CORS_ALLOWED_HEADERS"),
    is("allow_credentials", "false", "not together with the origin `*`").flag("CORS_ALLOW_CREDENTIALS"),
    is(
        "max_age_secs",
        "3600",
        "how long a browser may remember the answer",
    )
    .number("CORS_MAX_AGE"),
];

pub(super) const GATEWAY: &[Setting] = &[
    is(
        "allowed_origins",
        "[]",
        "pages from which a browser may open a socket; none: all. With a list, clients without `Origin` are refused too",
    ),
    is(
        "ring_window_secs",
        "300",
        "how long what was delivered is kept for clients that come back",
    ),
    is("ring_bytes", "67108864", "most bytes of it").which_is("64 MiB"),
    is(
        "presence_timeout_secs",
        "60",
        "how long after a client's last sign of life its user is taken to be online",
    ),
    is(
        "presence_grace_secs",
        "10",
        "how long after the last connection went a user is taken to be online, so that a reconnect does not flicker",
    ),
    is("max_connections", "100000", "most sockets of one edge"),
    is(
        "max_connections_per_user",
        "64",
        "most sockets of one user on one edge",
    ),
    is(
        "max_connections_per_app",
        "100000",
        "most sockets of one app on one edge",
    ),
];

pub(super) const LIMITS: &[Setting] = &[
    is("rate_limit_enabled", "false", "the next two in place of `user_rps` and `user_burst`").flag("RATE_LIMIT_ENABLED"),
    is("rate_limit_rps", "100", "requests of one user").number("RATE_LIMIT_RPS"),
    is("rate_limit_burst", "50", "the same at once").number("RATE_LIMIT_BURST"),
    is("trusted_proxies", "0", "how many proxies stand before the edge, **each** of which appends to `X-Forwarded-For` whom it heard. 0: the header is not looked at, and the address is that of whoever connects, loopback like any other. Too many: clients choose their address").number("TRUSTED_PROXIES"),
    is("user_rps", "1000", "requests of one user, as long as `rate_limit_enabled` is off"),
    is("user_burst", "2000", "the same at once"),
    is("read_cost_rps", "500", "what expensive reads of one user may cost, on top: a search costs 10, a list of dialogs that matches text, filters or scopes 5, a page `around` a message 2, everything else nothing. A unit is about a millisecond of the database").number("READ_COST_RPS"),
    is("read_cost_burst", "5000", "the same at once").number("READ_COST_BURST"),
    is("dialog_rps", "5000", "messages to one dialog, of those who may write"),
    is("dialog_burst", "10000", "the same at once"),
    is("app_rps", "100000", "requests of one app, of its users and its host"),
    is("app_burst", "200000", "the same at once"),
    is("address_rps", "50", "requests without a good identity from one address (of IPv6: one /64). Beyond it 429 instead of 401"),
    is("address_burst", "200", "the same at once"),
    is("handshake_rps", "1000", "handshakes of sockets from one address. Behind proxies that are not in `trusted_proxies` all clients are one address"),
    is("handshake_burst", "4000", "the same at once"),
    is("admission_rps", "2000", "handshakes of sockets from everywhere; 503 beyond, so that a herd comes back spread"),
    is("admission_burst", "4000", "the same at once"),
    is("dialogs_per_minute", "6000", "dialogs that one app creates; as many at once"),
    is("participants", "10000", "participants of one dialog; 403 beyond. Who is in stays in when it is lowered"),
];
