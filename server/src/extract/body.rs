use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::{
        HeaderMap, HeaderValue,
        header::{CONTENT_LENGTH, CONTENT_TYPE, EXPECT},
    },
};
use http_body_util::BodyExt;
use mtchat_protocol::limits;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use tokio::time::timeout;

use crate::{ApiError, Edge};

/// How much of a body that is too large is read and thrown away, so that its sender, who writes before it reads, gets
/// to see the answer instead of a broken connection.
const DISCARDED_BYTES: usize = 16 * limits::BODY_BYTES;

/// A JSON body: its type, size, syntax and shape are right.
#[derive(Debug)]
pub struct ApiJson<T>(pub T);

impl<T: DeserializeOwned> ApiJson<T> {
    /// The same of a body that did not come over HTTP.
    pub(crate) fn of(body: &[u8]) -> Result<Self, ApiError> {
        if body.len() > limits::BODY_BYTES {
            return Err(ApiError::BodyTooLarge);
        }
        parse(body).map(Self)
    }
}

impl<T: DeserializeOwned> FromRequest<Edge> for ApiJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, edge: &Edge) -> Result<Self, ApiError> {
        if !request.headers().get(CONTENT_TYPE).is_some_and(is_json) {
            return Err(ApiError::ContentType);
        }
        let body = read(request, edge.options.body_timeout).await?;
        parse(&body).map(Self)
    }
}

fn is_json(content_type: &HeaderValue) -> bool {
    let Ok(text) = content_type.to_str() else {
        return false;
    };
    let essence = text
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let Some(subtype) = essence.strip_prefix("application/") else {
        return false;
    };
    subtype == "json" || subtype.ends_with("+json")
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let text = std::str::from_utf8(body).map_err(|error| ApiError::BodySyntax(error.to_string()))?;
    if text.trim_ascii_start().starts_with('[') {
        // All bodies are objects, and a list would pass for one whose fields have no names.
        serde_json::from_str::<IgnoredAny>(text).map_err(|error| refused(&error))?;
        return Err(ApiError::BodyShape("an object is needed".to_owned()));
    }
    serde_json::from_str(text).map_err(|error| refused(&error))
}

fn refused(error: &serde_json::Error) -> ApiError {
    match error.classify() {
        Category::Data => ApiError::BodyShape(error.to_string()),
        Category::Eof | Category::Io | Category::Syntax => ApiError::BodySyntax(error.to_string()),
    }
}

async fn read(request: Request, patience: Duration) -> Result<Bytes, ApiError> {
    let (parts, body) = request.into_parts();
    let announced = announced_length(&parts.headers);
    if announced.is_some_and(|length| length > limits::BODY_BYTES) {
        let waits_for_our_word = parts.headers.contains_key(EXPECT);
        if !waits_for_our_word && announced.is_some_and(|length| length <= DISCARDED_BYTES) {
            let _ = timeout(patience, discard(body, DISCARDED_BYTES)).await;
        }
        return Err(ApiError::BodyTooLarge);
    }
    timeout(patience, collect(body, announced))
        .await
        .unwrap_or(Err(ApiError::BodyIncomplete))
}

fn announced_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn collect(mut body: Body, announced: Option<usize>) -> Result<Bytes, ApiError> {
    let Some(first) = next(&mut body).await? else {
        return Ok(Bytes::new());
    };
    if announced == Some(first.len()) {
        return Ok(first);
    }
    let mut whole = Vec::with_capacity(announced.unwrap_or(first.len() * 2).min(limits::BODY_BYTES));
    whole.extend_from_slice(&first);
    while let Some(data) = next(&mut body).await? {
        if whole.len() + data.len() > limits::BODY_BYTES {
            let _ = discard(body, DISCARDED_BYTES).await;
            return Err(ApiError::BodyTooLarge);
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.into())
}

async fn discard(mut body: Body, most: usize) -> Result<(), ApiError> {
    let mut left = most;
    while let Some(data) = next(&mut body).await? {
        left = left.saturating_sub(data.len());
        if left == 0 {
            break;
        }
    }
    Ok(())
}

async fn next(body: &mut Body) -> Result<Option<Bytes>, ApiError> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| ApiError::BodyIncomplete)?;
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use mtchat_protocol::{ErrorCode, SendMessage};

    use super::*;

    fn refusal(body: &[u8]) -> (ErrorCode, bool) {
        let error = parse::<SendMessage>(body).unwrap_err();
        (error.code(), matches!(error, ApiError::BodyShape(_)))
    }

    #[test]
    fn bad_syntax_and_bad_shape_are_told_apart() {
        for syntax in [
            &b"{"[..],
            b"",
            b"{\"content\":\"\xff\"}",
            b"{\"x\":\"\xff\"}",
            b"{} {}",
        ] {
            assert_eq!(refusal(syntax), (ErrorCode::BadRequest, false));
        }
        let deep = format!("{{\"x\":{}", "[".repeat(200));
        assert_eq!(refusal(deep.as_bytes()), (ErrorCode::BadRequest, false));
        for shape in [
            &b"[]"[..],
            b"{\"content\":1}",
            b"{\"id\":\"x\"}",
            b"{\"content\":\"\",\"content\":\"\"}",
        ] {
            assert_eq!(refusal(shape), (ErrorCode::BadRequest, true));
        }
    }

    #[test]
    fn only_json_is_json() {
        for json in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/problem+json",
        ] {
            assert!(is_json(&HeaderValue::from_static(json)), "{json}");
        }
        for other in [
            "text/plain",
            "application/jsonx",
            "application/x-www-form-urlencoded",
            "",
        ] {
            assert!(!is_json(&HeaderValue::from_static(other)), "{other}");
        }
    }

    #[tokio::test]
    async fn a_body_is_collected_up_to_the_limit() {
        let chunks = |count| {
            let chunks = std::iter::repeat_n(Bytes::from(vec![b' '; 64 * 1024]), count);
            Body::from_stream(futures_util::stream::iter(chunks.map(Ok::<_, std::io::Error>)))
        };
        assert_eq!(collect(chunks(16), None).await.unwrap().len(), limits::BODY_BYTES);
        assert!(matches!(
            collect(chunks(17), None).await,
            Err(ApiError::BodyTooLarge)
        ));
    }
}
