use axum::http::{HeaderMap, header::AUTHORIZATION};

/// The token of `Authorization: Bearer <token>`. Two such headers are as good as none: who put the second one there?
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(only), None) = (all.next(), all.next()) else {
        return None;
    };
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        bearer(&headers).map(str::to_owned)
    }

    #[test]
    fn the_scheme_is_case_insensitive() {
        assert_eq!(read(&["bEARER  t "]).as_deref(), Some("t"));
    }

    #[test]
    fn anything_else_is_no_token() {
        for wrong in [
            &["Basic dDp0"][..],
            &["Bearer"],
            &["Bearer "],
            &["Bearert"],
            &["Bearer a", "Bearer b"],
            &[],
        ] {
            assert_eq!(read(wrong), None);
        }
    }
}
