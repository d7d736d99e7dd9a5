use axum::{Json, extract::State, http::HeaderValue, response::AppendHeaders};
use mtchat_protocol::{
    Company, Data, DialogCursor, DialogItemView, Invalid, ObjectId, ObjectType, Reason, TotalUnreadView,
    limits,
};
use mtchat_storage::{AsOf, DialogFilter, DialogPage, DialogWindow, ObjectFilter};
use serde::Deserialize;

use super::ReadAt;
use crate::{
    ApiError, Edge,
    extract::{ApiPath, ApiQuery, Caller, MtchatPosition},
    gateway::Owner,
    limit::Cost,
    openapi::{ReadHeaders, ReadRefusals},
};

/// Where the list goes on; not there at its end.
const NEXT: &str = "mtchat-next-cursor";

/// Which dialogs, and which stretch of them.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    #[serde(rename = "type")]
    kind: Option<String>,
    search: Option<String>,
    archived: Option<bool>,
    unread: Option<bool>,
    object_type: Option<String>,
    company: Option<String>,
    limit: Option<i64>,
    offset: Option<i64>,
    cursor: Option<String>,
}

/// Which dialogs of an object.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ObjectQuery {
    #[serde(rename = "type")]
    kind: Option<String>,
    search: Option<String>,
    archived: Option<bool>,
}

/// How the caller stands to the dialogs of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Available,
    Participating,
}

/// One's dialogs, or those that one may join.
#[utoipa::path(
    get, path = "/api/v1/dialogs", operation_id = "listDialogs", tag = "Dialogs",
    params(ListQuery, ReadHeaders),
    responses((status = 200, description = "Dialogs; `Mtchat-Next-Cursor` says where the next page begins", body = Data<Vec<DialogItemView>>), ReadRefusals),
    security(("user" = []))
)]
pub(crate) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    ApiQuery(query): ApiQuery<ListQuery>,
    _: MtchatPosition,
) -> Result<
    (
        ReadAt,
        AppendHeaders<Option<(&'static str, HeaderValue)>>,
        Json<Data<Vec<DialogItemView>>>,
    ),
    ApiError,
> {
    let kind = kind(query.kind.as_deref())?.unwrap_or(Kind::Participating);
    let (filter, window) = (query.filter(&caller)?, query.window()?);
    if kind == Kind::Available || !filter.is_plain() {
        edge.limits.cost(&caller.app, &caller.user, Cost::Matching)?;
    }
    let mut read_at = ReadAt::least(&edge);
    let DialogPage { items, next } = match kind {
        Kind::Participating if filter.is_plain() => {
            let shelf = edge.shelves.of(&owner(&caller)).await?;
            let (dialogs, next) = shelf.page(filter.archived, window);
            let listed = edge
                .storage
                .dialog_items(&caller.app, &caller.user, &dialogs)
                .await?;
            let listed = listed.unwrap_or_else(|| AsOf {
                log_seq: shelf.log_seq(),
                value: Vec::new(),
            });
            read_at = ReadAt(listed.log_seq);
            DialogPage {
                items: listed.value,
                next,
            }
        }
        Kind::Participating => {
            edge.storage
                .participating(&caller.app, &caller.user, &filter, window)
                .await?
        }
        Kind::Available => {
            if !caller.authenticated().scopes_given {
                return Err(ApiError::ScopesMissing);
            }
            // Without scopes nobody is a candidate, not even where a rule asks for nothing.
            if caller.scopes.is_empty() {
                DialogPage {
                    items: Vec::new(),
                    next: None,
                }
            } else {
                edge.storage
                    .available(&caller.app, &caller.user, &caller.scopes, &filter, window)
                    .await?
            }
        }
    };
    let next = next.and_then(|next| HeaderValue::try_from(next.to_string()).ok());
    Ok((
        read_at,
        AppendHeaders(next.map(|next| (NEXT, next))),
        Json(Data { data: items }),
    ))
}

/// The newest dialog of an object that the caller may know of; `null` when there is none.
#[utoipa::path(
    get, path = "/api/v1/dialogs/by-object/{object_type}/{object_id}", operation_id = "getDialogOfObject", tag = "Dialogs",
    params(("object_type" = ObjectType, Path, description = "Which kind of business object"), ("object_id" = ObjectId, Path, description = "Which business object"), ReadHeaders),
    responses((status = 200, description = "The dialog, or null", body = Data<Option<DialogItemView>>), ReadRefusals),
    security(("user" = []))
)]
pub(crate) async fn newest_of_object(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath((object_type, object_id)): ApiPath<(String, String)>,
    _: MtchatPosition,
) -> Result<Json<Data<Option<DialogItemView>>>, ApiError> {
    let filter = ObjectFilter {
        participating: true,
        available: !caller.authenticated().granted.is_empty(),
        ..ObjectFilter::default()
    };
    let found = of_object(&edge, &caller, (&object_type, &object_id), &filter, Some(1)).await?;
    Ok(Json(Data {
        data: found.into_iter().next(),
    }))
}

/// All dialogs of an object that the caller may know of, newest first.
#[utoipa::path(
    get, path = "/api/v1/dialogs/by-object/{object_type}/{object_id}/list", operation_id = "listDialogsOfObject", tag = "Dialogs",
    params(("object_type" = ObjectType, Path, description = "Which kind of business object"), ("object_id" = ObjectId, Path, description = "Which business object"), ObjectQuery, ReadHeaders),
    responses((status = 200, description = "Dialogs, newest first", body = Data<Vec<DialogItemView>>), ReadRefusals),
    security(("user" = []))
)]
pub(crate) async fn list_of_object(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath((object_type, object_id)): ApiPath<(String, String)>,
    ApiQuery(query): ApiQuery<ObjectQuery>,
    _: MtchatPosition,
) -> Result<Json<Data<Vec<DialogItemView>>>, ApiError> {
    let kind = kind(query.kind.as_deref())?;
    let filter = ObjectFilter {
        participating: kind != Some(Kind::Available),
        available: kind != Some(Kind::Participating) && !caller.authenticated().granted.is_empty(),
        archived: query.archived,
        search: search(query.search.as_deref())?,
    };
    let found = of_object(&edge, &caller, (&object_type, &object_id), &filter, None).await?;
    Ok(Json(Data { data: found }))
}

/// How much the caller has not read, in all dialogs together.
#[utoipa::path(
    get, path = "/api/v1/unread", operation_id = "countUnread", tag = "Dialogs",
    params(ReadHeaders),
    responses((status = 200, description = "The total", body = Data<TotalUnreadView>), ReadRefusals),
    security(("user" = []))
)]
pub(crate) async fn total_unread(
    State(edge): State<Edge>,
    caller: Caller,
    _: MtchatPosition,
) -> Result<Json<Data<TotalUnreadView>>, ApiError> {
    let shelf = edge.shelves.of(&owner(&caller)).await?;
    Ok(Json(Data { data: shelf.total() }))
}

fn owner(caller: &Caller) -> Owner {
    Owner {
        app: caller.app.clone(),
        user: caller.user.clone(),
    }
}

async fn of_object(
    edge: &Edge,
    caller: &Caller,
    (object_type, object_id): (&str, &str),
    filter: &ObjectFilter,
    most: Option<u32>,
) -> Result<Vec<DialogItemView>, ApiError> {
    let (object_type, object_id) = (ObjectType::new(object_type)?, ObjectId::new(object_id)?);
    let granted = &caller.authenticated().granted;
    let object = (&object_type, &object_id);
    Ok(edge
        .storage
        .dialogs_of_object(&caller.app, &caller.user, granted, object, filter, most)
        .await?)
}

impl ListQuery {
    fn filter(&self, caller: &Caller) -> Result<DialogFilter, ApiError> {
        // Who asks with scopes sees, of what has rules, only what these match (parity B33).
        let within = caller.authenticated().asked.then(|| caller.scopes.clone());
        Ok(DialogFilter {
            archived: self.archived,
            search: search(self.search.as_deref())?,
            unread: self.unread.unwrap_or(false),
            object_type: self.object_type.as_deref().map(ObjectType::new).transpose()?,
            company: self.company.as_deref().map(Company::new).transpose()?,
            within,
        })
    }

    fn window(&self) -> Result<DialogWindow, ApiError> {
        let (default, most) = limits::DIALOGS_PAGE;
        let clamped = |asked: Option<i64>, least: u32, default: u32, most: u32| {
            asked.map_or(default, |asked| {
                u32::try_from(asked.clamp(i64::from(least), i64::from(most))).unwrap_or(default)
            })
        };
        if self.offset.is_some_and(|offset| offset < 0) {
            return Err(ApiError::Parameter("offset must not be negative".to_owned()));
        }
        let after = self.cursor.as_deref().map(str::parse::<DialogCursor>).transpose();
        Ok(DialogWindow {
            limit: clamped(self.limit, 1, default, most),
            offset: clamped(self.offset, 0, 0, limits::DIALOGS_OFFSET),
            after: after.map_err(|forged| ApiError::Parameter(forged.to_string()))?,
        })
    }
}

fn kind(word: Option<&str>) -> Result<Option<Kind>, ApiError> {
    match word {
        None => Ok(None),
        Some("available") => Ok(Some(Kind::Available)),
        Some("participating") => Ok(Some(Kind::Participating)),
        Some(_) => Err(ApiError::Parameter(
            "type must be participating or available".to_owned(),
        )),
    }
}

/// An empty search is none: clients send the field as it stands.
fn search(text: Option<&str>) -> Result<Option<String>, ApiError> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    match text {
        Some(text) if text.chars().count() > limits::LIST_SEARCH => {
            Err(Invalid::new("search", Reason::TooLong(limits::LIST_SEARCH)).into())
        }
        Some(text) if text.contains('\0') => Err(Invalid::new("search", Reason::Character).into()),
        other => Ok(other.map(str::to_owned)),
    }
}
