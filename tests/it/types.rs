//! The types of the client core for TypeScript, as they are checked in.

use std::{env, fs, path::Path};

use mtchat_client_core as core;
use mtchat_protocol as protocol;
use ts_rs::{Config, TS};

/// The path below the root of the repository.
const PLACE: &str = "client-wasm/driver/src/generated/core.ts";

/// A type with what is said of it, as people read it.
fn declared<T: TS>(config: &Config) -> String {
    let written = format!("{}export {}", T::docs().unwrap_or_default(), T::decl(config));
    let (mut text, mut depth) = (String::new(), 0_usize);
    for line in without_links(&written).lines().map(str::trim) {
        let comment = line.starts_with('*') || line.starts_with("/*");
        let closes = line.starts_with('}');
        let indent =
            " ".repeat(4 * depth.saturating_sub(usize::from(closes)) + usize::from(line.starts_with('*')));
        text.push_str(&format!("{indent}{line}\n"));
        if !comment {
            depth = depth + line.matches('{').count() - line.matches('}').count();
        }
    }
    text
}

/// Links lead to Rust: what remains are the words.
fn without_links(text: &str) -> String {
    let mut parts = text.split("](");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let from = out.rfind('[').expect("a link begins somewhere");
        out.remove(from);
        out.push_str(part.split_once(')').map_or(part, |(_, rest)| rest));
    }
    out
}

macro_rules! declarations {
    ($config:expr, $($type:ty,)*) => {
        [$(declared::<$type>($config),)*].join("\n")
    };
}

fn generated() -> String {
    // Numbers are numbers here: positions and times stay far below 2^53.
    let config = Config::default().with_large_int("number");
    let types = declarations![
        &config,
        core::Input,
        core::Kept,
        core::Intent,
        core::Answer,
        core::Response,
        core::Output,
        core::Request,
        core::SocketId,
        core::RequestId,
        core::ConnectionState,
        core::Ending,
        core::Diff,
        core::Change,
        core::Row,
        core::ParticipantRow,
        core::OutboxEntry,
        core::Sending,
        core::Draft,
        core::Moment,
        protocol::DialogItemView,
        protocol::LastMessageView,
        protocol::ParticipantSummary,
        protocol::MessageView,
        protocol::AttachmentView,
        protocol::AttachmentInput,
        protocol::UploadView,
        protocol::AttachmentLinks,
        protocol::MessageType,
        protocol::NotificationLevel,
        protocol::ReactionSummary,
        protocol::JoinedAs,
        protocol::Role,
        protocol::ErrorCode,
        protocol::DialogId,
        protocol::MessageId,
        protocol::AttachmentId,
        protocol::UserId,
        protocol::ObjectId,
        protocol::ObjectType,
        protocol::ObjectUrl,
        protocol::Title,
        protocol::DisplayName,
        protocol::Company,
        protocol::Email,
        protocol::Phone,
        protocol::RichText,
        protocol::FileName,
        protocol::ContentType,
        protocol::Emoji,
        protocol::Timestamp,
    ];
    let limits = attachment_limits();
    format!(
        "// Made from the Rust types by `UPDATE_TYPES=1 cargo nextest run types`: not to be changed by hand.\n\n{types}\n{limits}"
    )
}

/// What a page may refuse before it uploads anything.
fn attachment_limits() -> String {
    let types = protocol::ContentType::all().map(|known| format!("        \"{known}\",\n"));
    format!(
        "/**\n * What the server takes as files of messages.\n */\n\
         export const ATTACHMENT_LIMITS = {{\n    \
             /** The largest file, in bytes. A server may allow less. */\n    maxBytes: {},\n    \
             /** How many files a message may have. */\n    maxFiles: {},\n    \
             /** The types that are accepted. */\n    types: [\n{}    ],\n}} as const;\n",
        protocol::limits::FILE_BYTES,
        protocol::limits::ATTACHMENTS,
        types.collect::<String>(),
    )
}

#[test]
fn the_types_for_typescript_are_those_of_the_core() {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(PLACE);
    let generated = generated();
    if env::var_os("UPDATE_TYPES").is_some() {
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(&place, &generated).unwrap();
    }
    let there = fs::read_to_string(&place).unwrap_or_default();
    assert!(
        there == generated,
        "{PLACE} is not what the types say: run `UPDATE_TYPES=1 cargo nextest run types`"
    );
}
