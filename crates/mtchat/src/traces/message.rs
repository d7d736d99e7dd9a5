//! The messages of OTLP (`opentelemetry.proto.collector.trace.v1`), as far as they are sent here. The tests read them with the types that
//! OpenTelemetry publishes.

use std::time::{SystemTime, UNIX_EPOCH};

use mtchat_traces::{Finished, Kind, TraceContext, Value};
use prost::Message;

/// Bit 0: recorded.
const SAMPLED: u32 = 1;
const STATUS_ERROR: i32 = 2;

#[derive(Clone, PartialEq, Message)]
struct Request {
    #[prost(message, repeated, tag = "1")]
    resource_spans: Vec<ResourceSpans>,
}

#[derive(Clone, PartialEq, Message)]
struct ResourceSpans {
    #[prost(message, optional, tag = "1")]
    resource: Option<Resource>,
    #[prost(message, repeated, tag = "2")]
    scope_spans: Vec<ScopeSpans>,
}

#[derive(Clone, PartialEq, Message)]
struct Resource {
    #[prost(message, repeated, tag = "1")]
    attributes: Vec<Attribute>,
}

#[derive(Clone, PartialEq, Message)]
struct ScopeSpans {
    #[prost(message, optional, tag = "1")]
    scope: Option<Scope>,
    #[prost(message, repeated, tag = "2")]
    spans: Vec<Span>,
}

#[derive(Clone, PartialEq, Message)]
struct Scope {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    version: String,
}

#[derive(Clone, PartialEq, Message)]
struct Span {
    #[prost(bytes = "vec", tag = "1")]
    trace_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    span_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "4")]
    parent_span_id: Vec<u8>,
    #[prost(string, tag = "5")]
    name: String,
    #[prost(int32, tag = "6")]
    kind: i32,
    #[prost(fixed64, tag = "7")]
    start_time_unix_nano: u64,
    #[prost(fixed64, tag = "8")]
    end_time_unix_nano: u64,
    #[prost(message, repeated, tag = "9")]
    attributes: Vec<Attribute>,
    #[prost(message, repeated, tag = "13")]
    links: Vec<Link>,
    #[prost(message, optional, tag = "15")]
    status: Option<Status>,
    #[prost(fixed32, tag = "16")]
    flags: u32,
}

#[derive(Clone, PartialEq, Message)]
struct Link {
    #[prost(bytes = "vec", tag = "1")]
    trace_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    span_id: Vec<u8>,
    #[prost(fixed32, tag = "6")]
    flags: u32,
}

#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "3")]
    code: i32,
}

#[derive(Clone, PartialEq, Message)]
struct Attribute {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(message, optional, tag = "2")]
    value: Option<AnyValue>,
}

#[derive(Clone, PartialEq, Message)]
struct AnyValue {
    #[prost(oneof = "OneValue", tags = "1, 3")]
    value: Option<OneValue>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum OneValue {
    #[prost(string, tag = "1")]
    Text(String),
    #[prost(int64, tag = "3")]
    Number(i64),
}

/// What a collector answers.
#[derive(Clone, PartialEq, Message)]
struct Response {
    #[prost(message, optional, tag = "1")]
    partial_success: Option<PartialSuccess>,
}

#[derive(Clone, PartialEq, Message)]
struct PartialSuccess {
    #[prost(int64, tag = "1")]
    rejected_spans: i64,
}

/// Spans as a collector takes them, said to be of this process.
pub(super) fn encode(resource: &[(String, String)], spans: Vec<Finished>) -> Vec<u8> {
    let attributes = resource
        .iter()
        .map(|(key, value)| attribute(key, OneValue::Text(value.clone())));
    let request = Request {
        resource_spans: vec![ResourceSpans {
            resource: Some(Resource {
                attributes: attributes.collect(),
            }),
            scope_spans: vec![ScopeSpans {
                scope: Some(Scope {
                    name: "mtchat".to_owned(),
                    version: env!("CARGO_PKG_VERSION").to_owned(),
                }),
                spans: spans.into_iter().map(span).collect(),
            }],
        }],
    };
    request.encode_to_vec()
}

/// How many spans a collector did not take although it took the request.
pub(super) fn rejected(answer: &[u8]) -> u64 {
    let partial = Response::decode(answer)
        .ok()
        .and_then(|response| response.partial_success);
    partial.map_or(0, |partial| u64::try_from(partial.rejected_spans).unwrap_or(0))
}

fn span(finished: Finished) -> Span {
    let (trace_id, span_id) = ids(finished.context);
    let parent = finished.parent.map(|parent| parent.to_be_bytes().to_vec());
    let attributes = finished.attributes.into_iter().map(|(key, value)| {
        let value = match value {
            Value::Number(number) => OneValue::Number(number),
            Value::Word(word) => OneValue::Text(word.into_owned()),
        };
        attribute(key, value)
    });
    Span {
        trace_id,
        span_id,
        parent_span_id: parent.unwrap_or_default(),
        name: finished.name.into_owned(),
        kind: match finished.kind {
            Kind::Internal => 1,
            Kind::Server => 2,
            Kind::Client => 3,
            Kind::Producer => 4,
            Kind::Consumer => 5,
        },
        start_time_unix_nano: nanos(finished.began),
        end_time_unix_nano: nanos(finished.ended),
        attributes: attributes.collect(),
        links: finished.links.into_iter().map(link).collect(),
        status: finished.failed.then_some(Status { code: STATUS_ERROR }),
        flags: SAMPLED,
    }
}

fn link(to: TraceContext) -> Link {
    let (trace_id, span_id) = ids(to);
    Link {
        trace_id,
        span_id,
        flags: u32::from(to.sampled),
    }
}

fn attribute(key: &str, value: OneValue) -> Attribute {
    Attribute {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(value) }),
    }
}

fn ids(context: TraceContext) -> (Vec<u8>, Vec<u8>) {
    (
        context.trace.to_be_bytes().to_vec(),
        context.span.to_be_bytes().to_vec(),
    )
}

fn nanos(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_collector_refuses_is_read() {
        let answer = Response {
            partial_success: Some(PartialSuccess { rejected_spans: 3 }),
        };
        assert_eq!(rejected(&answer.encode_to_vec()), 3);
        assert_eq!(rejected(b""), 0);
        assert_eq!(rejected(b"{}"), 0);
    }
}
