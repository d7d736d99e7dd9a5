use std::sync::{Arc, OnceLock};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{
    Extensions, HeaderMap, HeaderValue, Method, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
        ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
        ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
    },
};
use mtchat_protocol::AppId;

use crate::{
    CorsOptions,
    gateway::{Origin, origin_of},
    origins::AppOrigins,
};

/// What pages may read of an answer beside its body.
const EXPOSED: &str = "mtchat-position,mtchat-next-cursor,preference-applied,ratelimit-limit,ratelimit-remaining,ratelimit-reset,retry-after";
const ANY: &str = "*";

/// Whose request it is, once that is proven: told by the extractor of the caller, read when the answer leaves.
#[derive(Debug, Clone, Default)]
pub(crate) struct Whose(Arc<OnceLock<AppId>>);

impl Whose {
    /// The request with these extensions is this app's.
    pub(crate) fn tell(extensions: &Extensions, app: &AppId) {
        if let Some(Self(whose)) = extensions.get() {
            // Whoever extracts a caller twice finds the same one.
            let _ = whose.set(app.clone());
        }
    }
}

/// Which pages may call: those of the caller's app, or, where it names none, those configured. See decision 0015.
pub(crate) struct Cors {
    any: bool,
    configured: Vec<Origin>,
    credentials: bool,
    methods: Named,
    headers: Named,
    max_age: HeaderValue,
    origins: AppOrigins,
}

/// What a preflight allows.
enum Named {
    /// Anything.
    Any,
    /// Whatever the browser asks for: with credentials a star is no star any more.
    Asked,
    These(HeaderValue),
}

/// Who an answer is for, as far as that is known.
#[derive(Clone, Copy)]
enum Asker<'a> {
    /// The caller of an app.
    App(&'a AppId),
    /// Nobody: there was no identity, and none was needed.
    Nobody,
    /// A browser that asks before it asks, or somebody who was refused before there was an identity. Neither learns anything.
    Unknown,
}

/// Around every request: says which pages may read the answer. Everything that is `OPTIONS` is a browser asking first.
pub(crate) async fn cors(State(cors): State<Arc<Cors>>, mut request: Request, next: Next) -> Response {
    if request.method() == Method::OPTIONS {
        return cors.preflight(request.headers());
    }
    let page = request.headers().get(ORIGIN).cloned();
    let origin = origin_of(request.headers());
    let whose = page.as_ref().map(|_| Whose::default());
    if let Some(whose) = &whose {
        request.extensions_mut().insert(whose.clone());
    }
    let mut response = next.run(request).await;
    if let (Some(page), Some(Whose(whose))) = (page, whose) {
        let asker = match whose.get() {
            Some(app) => Asker::App(app),
            None if is_refusal(response.status()) => Asker::Unknown,
            None => Asker::Nobody,
        };
        cors.allow(asker, page, origin.as_ref(), response.headers_mut());
    }
    response
        .headers_mut()
        .append(VARY, HeaderValue::from_static("origin"));
    response
}

fn is_refusal(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

impl Cors {
    /// After the options. Any origin and credentials never go together, whatever they say: it would hand every page the visitor's
    /// session.
    pub(crate) fn new(options: &CorsOptions, origins: AppOrigins) -> Self {
        let any = options.origins.iter().any(|origin| origin == ANY);
        let credentials = options.credentials && !any;
        let named = |list: &[String]| match (list.iter().any(|entry| entry == ANY), credentials) {
            (true, false) => Named::Any,
            (true, true) => Named::Asked,
            (false, _) => {
                let list = HeaderValue::from_str(&list.join(","));
                Named::These(list.unwrap_or_else(|_| HeaderValue::from_static("")))
            }
        };
        Self {
            any,
            configured: options
                .origins
                .iter()
                .filter_map(|origin| origin.parse().ok())
                .collect(),
            credentials,
            methods: named(&options.methods),
            headers: named(&options.headers),
            max_age: options.max_age.as_secs().into(),
            origins,
        }
    }

    fn preflight(&self, asked: &HeaderMap) -> Response {
        let mut response = StatusCode::OK.into_response();
        let headers = response.headers_mut();
        let varies = "origin, access-control-request-method, access-control-request-headers";
        headers.insert(VARY, HeaderValue::from_static(varies));
        let Some(page) = asked.get(ORIGIN) else {
            return response;
        };
        if !self.allow(Asker::Unknown, page.clone(), origin_of(asked).as_ref(), headers) {
            return response;
        }
        headers.remove(ACCESS_CONTROL_EXPOSE_HEADERS);
        headers.insert(ACCESS_CONTROL_MAX_AGE, self.max_age.clone());
        let mut name = |header, named: &Named, asked: Option<&HeaderValue>| match named {
            Named::Any => headers.insert(header, HeaderValue::from_static(ANY)),
            Named::Asked => asked.and_then(|asked| headers.insert(header, asked.clone())),
            Named::These(list) => headers.insert(header, list.clone()),
        };
        name(
            ACCESS_CONTROL_ALLOW_METHODS,
            &self.methods,
            asked.get(ACCESS_CONTROL_REQUEST_METHOD),
        );
        name(
            ACCESS_CONTROL_ALLOW_HEADERS,
            &self.headers,
            asked.get(ACCESS_CONTROL_REQUEST_HEADERS),
        );
        response
    }

    /// Say that the page may read the answer, if so; whether that was said.
    fn allow(
        &self,
        asker: Asker<'_>,
        page: HeaderValue,
        origin: Option<&Origin>,
        headers: &mut HeaderMap,
    ) -> bool {
        let own = match asker {
            Asker::App(app) => self.origins.own(app, origin),
            Asker::Nobody => None,
            Asker::Unknown => self.origins.anybodys(origin).then_some(true),
        };
        let allowed = match own {
            Some(false) => None,
            Some(true) => Some(page),
            None if self.any => Some(HeaderValue::from_static(ANY)),
            None => origin
                .filter(|origin| self.configured.contains(origin))
                .map(|_| page),
        };
        let Some(allowed) = allowed else { return false };
        if self.credentials && allowed != ANY {
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        }
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        true
    }
}

#[cfg(test)]
#[path = "cors_tests.rs"]
mod tests;
