//! Schemas of what has its shape from a constructor: texts with limits, ids, moments, closed lists.

use std::borrow::Cow;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        AllOfBuilder, ObjectBuilder, OneOfBuilder, RefOr, SchemaFormat,
        schema::{Schema, Type},
    },
};

use crate::{
    AddParticipant, AttachmentId, AuditAction, Company, ContentType, CreateParticipant, DialogId,
    DisplayName, Email, Emoji, ErrorCode, FileKey, FileName, JoinedAs, Link, MessageId, MessageText,
    NoticeText, ObjectId, ObjectKey, ObjectType, ObjectUrl, Phone, RichText, ScopeId, ScopeValue,
    SearchCursor, Timestamp, Title, UserId, limits,
};

/// A schema and what it is called.
pub(crate) type NamedSchema = (String, RefOr<Schema>);

/// The schema of a type, then those of all that it is made of.
pub(crate) fn with_its_parts<T: ToSchema>() -> Vec<NamedSchema> {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    schemas
}

macro_rules! named {
    ($($name:ident => $schema:expr;)*) => {
        $(
            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    $schema
                }
            }

            impl ToSchema for $name {
                fn name() -> Cow<'static, str> {
                    Cow::Borrowed(stringify!($name))
                }
            }
        )*
    };
}

named! {
    AttachmentId => uuid("A file of a message.");
    AuditAction => words(AuditAction::ALL.iter().map(|action| action.as_str()), "What was done; there may be further ones.");
    Company => text(0, limits::NAME, "A company's name.");
    ContentType => words(ContentType::all().map(ContentType::as_str), "What a file is: a media type of those that are accepted.");
    CreateParticipant => participant();
    DialogId => uuid("A dialog.");
    DisplayName => text(1, limits::NAME, "A person's name as others see it.");
    Email => text(0, limits::EMAIL, "An e-mail address as the host gave it.");
    Emoji => text(1, limits::EMOJI_BYTES, "One emoji, 1 to 32 bytes.");
    ErrorCode => words(ErrorCode::ALL.iter().map(|code| code.as_str()), "A closed list: what went wrong.");
    FileKey => string().description(Some("Where bytes lie in the store of files.")).into();
    FileName => text(1, limits::FILE_NAME, "The name of a file, without a path.");
    Link => text(8, limits::URL, "An absolute http(s) address.");
    MessageText => text(0, limits::MESSAGE, "HTML as it was typed; text without tags is text.");
    MessageId => uuid("A message: a UUIDv7 that the client makes before its first try.");
    NoticeText => text(1, limits::NOTICE, "Plain text, not blank.");
    ObjectKey => text(0, limits::EXTERNAL_ID, "Which of an object's dialogs.");
    ObjectId => text(1, limits::EXTERNAL_ID, "A business object, in the host's own words.");
    ObjectType => text(1, limits::EXTERNAL_ID, "A kind of business object, in the host's own words.");
    ObjectUrl => text(0, limits::URL, "A link back to the host's page, rendered as a link only when it is absolute http(s).");
    Phone => text(0, limits::PHONE, "A phone number as the host gave it.");
    RichText => string().description(Some("Sanitised HTML, or the JSON of a system message.")).into();
    ScopeId => uuid("An access-scope rule.");
    ScopeValue => text(1, limits::EXTERNAL_ID, "One value of one level of an access scope.");
    SearchCursor => string().description(Some("Where the next page begins; opaque.")).into();
    Timestamp => string().format(Some(SchemaFormat::Custom("date-time".to_owned()))).description(Some("A moment in UTC after RFC 3339.")).into();
    Title => text(0, limits::TITLE, "A dialog's title.");
    UserId => text(1, limits::EXTERNAL_ID, "A user, in the host's own words.");
}

fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// Lengths of JSON Schema are in code points, as ours are.
fn text(least: usize, most: usize, about: &str) -> RefOr<Schema> {
    let limited = string().min_length(Some(least)).max_length(Some(most));
    limited.description(Some(about)).into()
}

fn uuid(about: &str) -> RefOr<Schema> {
    let format = SchemaFormat::Custom("uuid".to_owned());
    string().format(Some(format)).description(Some(about)).into()
}

fn words(words: impl Iterator<Item = &'static str>, about: &str) -> RefOr<Schema> {
    string().enum_values(Some(words)).description(Some(about)).into()
}

fn participant() -> RefOr<Schema> {
    let more = ObjectBuilder::new().property("joined_as", JoinedAs::schema());
    let full = AllOfBuilder::new().item(AddParticipant::schema()).item(more);
    let about = "A user id, which then is the name too, or a participant with a profile.";
    OneOfBuilder::new()
        .item(text(1, limits::EXTERNAL_ID, "A user id."))
        .item(full)
        .description(Some(about))
        .into()
}
