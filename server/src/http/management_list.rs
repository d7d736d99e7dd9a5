use axum::{Json, extract::State};
use mtchat_protocol::{DialogId, DialogView, ObjectId, ObjectType, Timestamp, limits};
use mtchat_storage::{HostList, HostPlace};
use serde::{Deserialize, Serialize};

use crate::{
    ApiError, Edge,
    extract::{ApiQuery, HostCaller, MtchatPosition},
    openapi::{ReadHeaders, ReadRefusals},
};

/// Which dialogs, and how many.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    limit: Option<i64>,
    cursor: Option<String>,
    object_type: Option<String>,
    object_id: Option<String>,
}

/// Some dialogs, and where the next are.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct List {
    data: Vec<DialogView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// The app's dialogs, newest first.
#[utoipa::path(
    get, path = "/api/v1/management/dialogs", operation_id = "listAllDialogs", tag = "Management: dialogs",
    params(ListQuery, ReadHeaders),
    responses((status = 200, description = "Some dialogs, newest first", body = List), ReadRefusals),
    security(("host" = []))
)]
pub(crate) async fn list(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiQuery(query): ApiQuery<ListQuery>,
    _: MtchatPosition,
) -> Result<Json<List>, ApiError> {
    let limit = page_limit(query.limit);
    let behind = query.cursor.as_deref().map(read_cursor).transpose()?;
    let object_type = query.object_type.as_deref().map(ObjectType::new).transpose()?;
    let object_id = query.object_id.as_deref().map(ObjectId::new).transpose()?;
    let which = match (&object_type, &object_id) {
        (None, None) => HostList::All,
        (Some(object_type), None) => HostList::OfType(object_type),
        (Some(object_type), Some(object_id)) => HostList::OfObject(object_type, object_id),
        (None, Some(_)) => {
            return Err(ApiError::Parameter("object_id needs object_type".to_owned()));
        }
    };
    // One more than is shown says whether there are more.
    let mut data = edge
        .storage
        .host_dialogs(&host.app, which, behind, limit + 1)
        .await?;
    let more = data.len() > limit as usize;
    data.truncate(limit as usize);
    let next_cursor = data.last().filter(|_| more).map(cursor);
    Ok(Json(List { data, next_cursor }))
}

fn page_limit(asked: Option<i64>) -> u32 {
    let (default, most) = limits::HOST_DIALOGS_PAGE;
    match asked {
        None => default,
        Some(limit) => u32::try_from(limit.clamp(1, i64::from(most))).unwrap_or(default),
    }
}

/// Behind this dialog.
fn cursor(dialog: &DialogView) -> String {
    format!("{}.{}", dialog.created_at.micros(), dialog.id)
}

fn read_cursor(text: &str) -> Result<HostPlace, ApiError> {
    let place = text.split_once('.').and_then(|(micros, id)| {
        Some(HostPlace {
            created_at: Timestamp::from_micros(micros.parse().ok()?),
            dialog: id.parse::<DialogId>().ok()?,
        })
    });
    place.ok_or_else(|| ApiError::Parameter("cursor is not one that was given here".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_cursors_are_read() {
        let id = DialogId::fresh();
        let place = read_cursor(&format!("1764000000000000.{id}")).unwrap();
        assert_eq!(
            (place.created_at.micros(), place.dialog),
            (1_764_000_000_000_000, id)
        );
        for bad in ["", ".", "7", "x.y", "7.", &format!("99999999999999999999.{id}")] {
            assert!(read_cursor(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_page_has_a_limit() {
        assert_eq!(
            [None, Some(0), Some(7), Some(i64::MAX)].map(page_limit),
            [50, 1, 7, 200]
        );
    }
}
