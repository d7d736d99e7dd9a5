//! Every limit of the wire in one place. Lengths are in Unicode code points unless said otherwise.

/// Longest user id, object id, object type or scope value.
pub const EXTERNAL_ID: usize = 255;
/// Longest app id; an app id is also a NATS subject token.
pub const APP_ID: usize = 63;
/// Longest dialog title.
pub const TITLE: usize = 500;
/// Longest display name and longest company name.
pub const NAME: usize = 200;
/// Longest e-mail address.
pub const EMAIL: usize = 254;
/// Longest phone number.
pub const PHONE: usize = 50;
/// Longest link back to the host's page.
pub const URL: usize = 2_048;
/// Longest message, before sanitising.
pub const MESSAGE: usize = 50_000;
/// How many different users a message mentions at most; further mentions are only shown.
pub const MENTIONS: usize = 50;
/// Largest opaque `meta` document of a dialog, in bytes of JSON.
pub const META_BYTES: usize = 16 * 1024;
/// Most participants that one request may name.
pub const PARTICIPANTS_PER_REQUEST: usize = 1_000;
/// Most access-scope rules of a dialog, and most values of one level of a rule.
pub const SCOPE_RULES: usize = 100;
/// Most values in one level of an access-scope rule or of a caller's scopes.
pub const SCOPE_VALUES: usize = 1_000;
/// Most members whose roles and names travel inside each fact's head; larger dialogs carry only `members_rev`.
pub const INLINE_MEMBERS: usize = 100;
/// Default and greatest number of dialogs in a page.
pub const DIALOGS_PAGE: (u32, u32) = (50, 100);
/// Farthest that a list of dialogs can be skipped by `offset`; further on goes the cursor.
pub const DIALOGS_OFFSET: u32 = 100_000;
/// Longest text that lists of dialogs are searched for.
pub const LIST_SEARCH: usize = 200;
/// Longest text that a host says, longest value of a card's field.
pub const NOTICE: usize = 4_000;
/// Longest type of a card.
pub const CARD_TYPE: usize = 64;
/// Longest title of a card and longest name of a field.
pub const CARD_TITLE: usize = 200;
/// Most fields of a card.
pub const CARD_FIELDS: usize = 50;
/// Largest card, in bytes of JSON.
pub const CARD_BYTES: usize = 32 * 1024;
/// Longest `Idempotency-Key`, in bytes.
pub const IDEMPOTENCY_KEY: usize = 255;
/// Most versions of a message that its history shows: the newest.
pub const MESSAGE_VERSIONS: u32 = 200;
/// Default and greatest number of dialogs in a host's page.
pub const HOST_DIALOGS_PAGE: (u32, u32) = (50, 200);
/// Default and greatest number of entries in a page of the audit log.
pub const AUDIT_PAGE: (u32, u32) = (100, 1_000);
/// Default and greatest number of messages in a page.
pub const MESSAGES_PAGE: (u32, u32) = (50, 200);
/// Longest emoji of a reaction, in bytes.
pub const EMOJI_BYTES: usize = 32;
/// Most different emoji on one message.
pub const EMOJI_PER_MESSAGE: usize = 20;
/// Longest search text.
pub const SEARCH: usize = 200;
/// Most words of a search text.
pub const SEARCH_WORDS: usize = 16;
/// Default and greatest number of search results in a page.
pub const SEARCH_PAGE: (u32, u32) = (20, 50);
/// Longest name of a file.
pub const FILE_NAME: usize = 255;
/// Largest file, in bytes: 100 MiB.
pub const FILE_BYTES: u64 = 100 * 1024 * 1024;
/// Most files of a message.
pub const ATTACHMENTS: usize = 10;
/// Largest fact in the log, in bytes: below what a broker takes by default (1 MiB) with room for headers.
pub const FACT_BYTES: usize = 1_000_000;
/// Largest HTTP request body, in bytes.
pub const BODY_BYTES: usize = 1024 * 1024;
/// Largest WebSocket frame that a client may send, in bytes.
pub const CLIENT_FRAME_BYTES: usize = 64 * 1024;
/// Most users whose presence one connection watches.
pub const WATCHED: usize = 200;
/// Most webhook endpoints of an app that hosts have made.
pub const WEBHOOKS: u32 = 32;
/// Longest description of a webhook endpoint.
pub const WEBHOOK_DESCRIPTION: usize = 500;
/// Most events that a webhook endpoint asks for by name.
pub const WEBHOOK_EVENTS: usize = 64;
/// Most types of object that a webhook endpoint asks for.
pub const WEBHOOK_OBJECT_TYPES: usize = 64;
/// For how long a webhook endpoint's old secret signs as well, in seconds, by default and at most.
pub const WEBHOOK_OVERLAP_SECS: (u32, u32) = (86_400, 604_800);
/// Shortest and longest key of a webhook endpoint's secret, in bytes.
pub const WEBHOOK_KEY_BYTES: (usize, usize) = (24, 64);
/// Most test events of a webhook endpoint that wait to be sent.
pub const WEBHOOK_TESTS: u32 = 10;
/// Most events that were given up and are tried again at once.
pub const WEBHOOK_RETRIES: usize = 500;
/// Default and greatest number of deliveries, or of events that were given up, in a page.
pub const WEBHOOK_PAGE: (u32, u32) = (50, 200);
