use axum::{Json, extract::State, http::HeaderValue, response::AppendHeaders};
use mtchat_protocol::{AuditEntryView, Data, limits};
use serde::Deserialize;

use crate::{
    ApiError, Edge,
    extract::{ApiQuery, HostCaller, MtchatPosition},
    openapi::{ReadHeaders, ReadRefusals},
};

/// Where the log goes on; not there at its end.
const NEXT: &str = "mtchat-next-cursor";

/// Which stretch of the audit log.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    after: Option<u64>,
    limit: Option<i64>,
}

/// What was done with the app, oldest first.
#[utoipa::path(
    get, path = "/api/v1/management/audit", operation_id = "listAudit", tag = "Management: users",
    params(AuditQuery, ReadHeaders),
    responses((status = 200, description = "Entries, oldest first; `Mtchat-Next-Cursor` says where the next page begins", body = Data<Vec<AuditEntryView>>), ReadRefusals),
    security(("host" = []))
)]
pub(crate) async fn list(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiQuery(query): ApiQuery<AuditQuery>,
    _: MtchatPosition,
) -> Result<
    (
        AppendHeaders<Option<(&'static str, HeaderValue)>>,
        Json<Data<Vec<AuditEntryView>>>,
    ),
    ApiError,
> {
    let (default, most) = limits::AUDIT_PAGE;
    let limit = query.limit.map_or(default, |limit| {
        u32::try_from(limit.clamp(1, i64::from(most))).unwrap_or(default)
    });
    let after = query.after.unwrap_or(0);
    if i64::try_from(after).is_err() {
        return Err(ApiError::Parameter(
            "after is not a number of an entry".to_owned(),
        ));
    }
    // One more than is shown says whether there are more.
    let mut data = edge.storage.audit_log(&host.app, after, limit + 1).await?;
    let more = data.len() > limit as usize;
    data.truncate(limit as usize);
    let next = data
        .last()
        .filter(|_| more)
        .map(|last| (NEXT, HeaderValue::from(last.seq)));
    Ok((AppendHeaders(next), Json(Data { data })))
}
