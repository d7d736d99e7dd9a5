use mtchat_protocol::limits;
use utoipa::{
    IntoParams,
    openapi::{
        ObjectBuilder, Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{SchemaType, Type},
    },
};

/// What a read takes.
pub(crate) struct ReadHeaders;
/// What a write of a user takes.
pub(crate) struct WriteHeaders;
/// What a write of a host takes.
pub(crate) struct HostWriteHeaders;
/// What a write of a host takes that is no fact of the log.
pub(crate) struct KeyHeader;

impl IntoParams for ReadHeaders {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let about = "A position that a write answered: the read waits until that is stored, or answers 503";
        vec![header("Mtchat-Position", about, text())]
    }
}

impl IntoParams for WriteHeaders {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let about = "`respond-async`: do not wait until the write is stored";
        vec![header("Prefer", about, text())]
    }
}

impl IntoParams for HostWriteHeaders {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut headers = WriteHeaders::into_params(&place);
        headers.extend(KeyHeader::into_params(place));
        headers
    }
}

impl IntoParams for KeyHeader {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let about = "However often a write is tried with the same key, it has one effect";
        let key = text()
            .min_length(Some(1))
            .max_length(Some(limits::IDEMPOTENCY_KEY));
        vec![header("Idempotency-Key", about, key)]
    }
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(Type::String))
}

fn header(name: &str, about: &str, schema: ObjectBuilder) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(schema))
        .build()
}
