//! What services of hosts ask for on the broker instead of over HTTP. Here is how they are heard and answered; what is done for them
//! is done by the functions that do it for HTTP.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::FutureExt;
use http_body_util::BodyExt;
use mtchat_nats::{ServiceAnswer, ServiceRequest, ServiceRequests, subscribe_notice_posts};
use mtchat_protocol::{DialogId, PostNotice};
use serde::Deserialize;
use tokio::{
    select,
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::Instrument;

use crate::{
    ApiError, Edge,
    extract::{ApiJson, HostCaller, IdempotencyKey, Preference, Trace},
    http::management_notices,
    observe::class,
};

/// How many requests an edge works on at once; who comes beside them is told to try again.
const AT_ONCE: usize = 64;
/// How long a request may take.
const DEADLINE: Duration = Duration::from_secs(10);
/// How long to wait before the broker is asked again for requests.
const AGAIN: Duration = Duration::from_secs(1);
/// What an answer over HTTP says in its headers that is said here as well.
const HEADERS: [&str; 2] = ["Mtchat-Position", "Retry-After"];

/// What a request says beside what HTTP has in its body.
#[derive(Debug, Deserialize)]
struct Addressed {
    dialog_id: DialogId,
    #[serde(default)]
    idempotency_key: Option<String>,
}

/// Answer requests until told to stop; those that this edge has by then are finished.
pub(crate) async fn answer_services(edge: Edge, stop: CancellationToken) {
    // Before, an app that exists would be taken for one that does not; other edges know it.
    select! {
        () = stop.cancelled() => return,
        () = edge.apps_known.cancelled() => {}
    }
    let services = Services {
        edge,
        places: Arc::new(Semaphore::new(AT_ONCE)),
        work: TaskTracker::new(),
    };
    while !stop.is_cancelled() {
        match subscribe_notice_posts(&services.edge.broker).await {
            Ok(requests) => services.take(requests, &stop).await,
            Err(error) => tracing::warn!(%error, "requests of services can not be heard; trying again"),
        }
        select! {
            () = stop.cancelled() => {}
            () = sleep(AGAIN) => {}
        }
    }
    services.work.close();
    services.work.wait().await;
}

struct Services {
    edge: Edge,
    places: Arc<Semaphore>,
    work: TaskTracker,
}

impl Services {
    async fn take(&self, mut requests: ServiceRequests, stop: &CancellationToken) {
        loop {
            let request = select! {
                () = stop.cancelled() => break,
                request = requests.next() => request,
            };
            let Some(request) = request else { return };
            self.begin(request).await;
        }
        requests.leave().await;
        while let Some(request) = requests.next().await {
            self.begin(request).await;
        }
    }

    /// Requests do not wait behind each other: there is a place for this one, or it is refused at once.
    async fn begin(&self, request: ServiceRequest) {
        let Ok(place) = self.places.clone().try_acquire_owned() else {
            tell(&request, Err(ApiError::Busy)).await;
            return;
        };
        let edge = self.edge.clone();
        self.work.spawn(async move {
            work_on(&edge, &request).await;
            drop(place);
        });
    }
}

async fn work_on(edge: &Edge, request: &ServiceRequest) {
    let given = request.trace().and_then(|text| text.parse().ok());
    let (trace, mut recorded) = Trace::enter_given(given, "notices.post");
    let span = tracing::info_span!("service request", service = "notices.post", trace.id = trace.id());
    let working = async {
        let posting = AssertUnwindSafe(timeout(DEADLINE, post_notice(edge, request, &trace)));
        let posted = match posting.catch_unwind().await {
            Ok(Ok(posted)) => posted,
            Ok(Err(_)) => Err(ApiError::Busy),
            Err(_) => Err(ApiError::Panic),
        };
        if posted.as_ref().is_err_and(|error| error.code().status() >= 500) {
            recorded.fail();
        }
        tell(request, posted).await;
    };
    working.instrument(span).await;
}

/// `POST /api/v1/management/dialogs/{dialog}/messages`, where the request itself says which dialog and key.
async fn post_notice(edge: &Edge, request: &ServiceRequest, trace: &Trace) -> Result<Response, ApiError> {
    let host = HostCaller::on_broker(edge, request.app())?;
    let ApiJson(addressed) = ApiJson::<Addressed>::of(request.body())?;
    let ApiJson(post) = ApiJson::<PostNotice>::of(request.body())?;
    let key = IdempotencyKey::of(addressed.idempotency_key)?;
    let stored = Preference { respond_async: false };
    management_notices::say(edge, &host, addressed.dialog_id, stored, trace, &key, post)
        .await
        .map(IntoResponse::into_response)
}

/// Answer with what HTTP would answer.
async fn tell(request: &ServiceRequest, posted: Result<Response, ApiError>) {
    let error = posted.as_ref().err().map(|error| error.code().as_str());
    let (head, body) = posted.into_response().into_parts();
    let status = head.status.as_u16();
    let labels = [("service", "notices.post"), ("status", class(status))];
    metrics::counter!("mtchat_service_requests_total", &labels).increment(1);
    let headers = HEADERS.into_iter().filter_map(|name| {
        let value = head.headers.get(name)?.to_str().ok()?;
        Some((name, value.to_owned()))
    });
    // It is whole in memory, so there is nothing that could fail.
    let body = body.collect().await;
    let answer = ServiceAnswer {
        status,
        body: body.map_or_else(
            |_| Bytes::from_static(b"null"),
            http_body_util::Collected::to_bytes,
        ),
        error,
        headers: headers.collect(),
    };
    request.answer(&answer).await;
}
