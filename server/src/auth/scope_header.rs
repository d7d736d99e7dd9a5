use axum::http::HeaderMap;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use mtchat_protocol::{AccessScopeInput, Scopes};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::AuthError;

/// The scopes of `X-Scope-Config`: base64 (any alphabet, padded or not) of JSON with scope levels.
pub fn scope_header(headers: &HeaderMap) -> Result<Option<Scopes>, AuthError> {
    let Some(header) = headers.get("x-scope-config") else {
        return Ok(None);
    };
    let text = header.as_bytes().trim_ascii();
    let text = text
        .strip_suffix(b"==")
        .or_else(|| text.strip_suffix(b"="))
        .unwrap_or(text);
    let url_safe = text.iter().any(|byte| matches!(byte, b'-' | b'_'));
    let engine = if url_safe {
        URL_SAFE_NO_PAD
    } else {
        STANDARD_NO_PAD
    };
    let json = engine.decode(text).map_err(|_| AuthError::ScopeHeader)?;
    // Read as an object first: a list would pass for one whose fields have no names.
    let levels: Map<String, Value> = serde_json::from_slice(&json).map_err(|_| AuthError::ScopeHeader)?;
    let levels = AccessScopeInput::deserialize(&levels).map_err(|_| AuthError::ScopeHeader)?;
    levels.check().map(Some).map_err(|_| AuthError::ScopeHeader)
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    use super::*;

    fn read(value: &str) -> Result<Option<Scopes>, AuthError> {
        let mut headers = HeaderMap::new();
        headers.insert("x-scope-config", value.parse().unwrap());
        scope_header(&headers)
    }

    #[test]
    fn every_alphabet_and_padding_is_read() {
        let json = r#"{"scope_level0":["т?>~"],"scopeLevel1":["d"]}"#;
        let read_json = serde_json::from_str::<AccessScopeInput>(json)
            .unwrap()
            .check()
            .unwrap();
        for engine in [
            &STANDARD as &dyn Encode,
            &URL_SAFE,
            &STANDARD_NO_PAD,
            &URL_SAFE_NO_PAD,
        ] {
            assert_eq!(read(&engine.text(json)).unwrap().unwrap(), read_json);
        }
        assert_eq!(scope_header(&HeaderMap::new()), Ok(None));
    }

    #[test]
    fn what_is_not_base64_or_not_json_is_refused() {
        for wrong in [
            "***",
            "bm90IGpzb24=",
            &STANDARD.encode("[]"),
            &STANDARD.encode(r#"{"scope_level0":[""]}"#),
        ] {
            assert_eq!(read(wrong), Err(AuthError::ScopeHeader), "{wrong}");
        }
    }

    trait Encode {
        fn text(&self, json: &str) -> String;
    }

    impl<E: Engine> Encode for E {
        fn text(&self, json: &str) -> String {
            self.encode(json)
        }
    }
}
