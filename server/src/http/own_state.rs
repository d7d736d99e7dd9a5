use axum::{Json, extract::State};
use mtchat_domain::{Action, OwnCommand, Place, Rejection, own_state};
use mtchat_nats::{Known, shard_of};
use mtchat_protocol::{
    DialogId, MarkRead, MarkUnread, MessageId, NotificationLevel, Position, SetNotifications,
};
use mtchat_storage::Side;
use serde::Serialize;

use super::{Written, admitted, explain, request};
use crate::{
    ApiError, Edge,
    extract::{ApiJson, ApiPath, Caller, Preference, Trace},
    openapi::{ReadRefusals, WriteHeaders, WriteRefusals},
};

/// The answer, not wrapped in `data`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Changed {
    status: &'static str,
}

/// The answer, not wrapped in `data`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Moved {
    success: bool,
    unread_count: u64,
}

/// Put the dialog out of the caller's sight until the next message.
#[utoipa::path(
    post, path = "/api/v1/dialogs/{dialog}/archive", operation_id = "archiveDialog", tag = "Own state",
    params(("dialog" = DialogId, Path, description = "The dialog"), WriteHeaders),
    responses((status = 200, description = "It is so", body = Changed), ReadRefusals),
    security(("user" = []))
)]
pub(crate) async fn archive(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath(dialog): ApiPath<DialogId>,
    preference: Preference,
    trace: Trace,
) -> Result<(Written, Json<Changed>), ApiError> {
    Own::of(&edge, &caller, dialog)
        .switch(preference, &trace, OwnCommand::Archive, "archived")
        .await
}

/// Put the dialog to the top of the caller's list.
#[utoipa::path(
    post, path = "/api/v1/dialogs/{dialog}/pin", operation_id = "pinDialog", tag = "Own state",
    params(("dialog" = DialogId, Path, description = "The dialog"), WriteHeaders),
    responses((status = 200, description = "It is so", body = Changed), ReadRefusals),
    security(("user" = []))
)]
pub(crate) async fn pin(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath(dialog): ApiPath<DialogId>,
    preference: Preference,
    trace: Trace,
) -> Result<(Written, Json<Changed>), ApiError> {
    Own::of(&edge, &caller, dialog)
        .switch(preference, &trace, OwnCommand::Pin, "pinned")
        .await
}

/// Bring the dialog back into the caller's sight.
#[utoipa::path(
    post, path = "/api/v1/dialogs/{dialog}/unarchive", operation_id = "unarchiveDialog", tag = "Own state",
    params(("dialog" = DialogId, Path, description = "The dialog"), WriteHeaders),
    responses((status = 200, description = "It is so", body = Changed), ReadRefusals),
    security(("user" = []))
)]
pub(crate) async fn unarchive(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath(dialog): ApiPath<DialogId>,
    preference: Preference,
    trace: Trace,
) -> Result<(Written, Json<Changed>), ApiError> {
    Own::of(&edge, &caller, dialog)
        .switch(preference, &trace, OwnCommand::Unarchive, "unarchived")
        .await
}

/// Take the dialog from the top of the caller's list.
#[utoipa::path(
    post, path = "/api/v1/dialogs/{dialog}/unpin", operation_id = "unpinDialog", tag = "Own state",
    params(("dialog" = DialogId, Path, description = "The dialog"), WriteHeaders),
    responses((status = 200, description = "It is so", body = Changed), ReadRefusals),
    security(("user" = []))
)]
pub(crate) async fn unpin(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath(dialog): ApiPath<DialogId>,
    preference: Preference,
    trace: Trace,
) -> Result<(Written, Json<Changed>), ApiError> {
    Own::of(&edge, &caller, dialog)
        .switch(preference, &trace, OwnCommand::Unpin, "unpinned")
        .await
}

/// Say of which messages of the dialog the caller wants to be told.
#[utoipa::path(
    post, path = "/api/v1/dialogs/{dialog}/notifications", operation_id = "setNotifications", tag = "Own state",
    params(("dialog" = DialogId, Path, description = "The dialog"), WriteHeaders),
    request_body = SetNotifications,
    responses((status = 200, description = "It is so", body = Changed), WriteRefusals),
    security(("user" = []))
)]
pub(crate) async fn notifications(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath(dialog): ApiPath<DialogId>,
    preference: Preference,
    trace: Trace,
    ApiJson(set): ApiJson<SetNotifications>,
) -> Result<(Written, Json<Changed>), ApiError> {
    let own = Own {
        edge: &edge,
        caller: &caller,
        dialog,
    };
    let known = own.known().await?;
    let level = NotificationLevel::of(set.enabled, set.notification_level);
    let command = OwnCommand::Notifications(level);
    let written = own.note(preference, &trace, &known, command).await?;
    let status = if level.enabled() { "enabled" } else { "disabled" };
    Ok((written, Json(Changed { status })))
}

/// Everything up to a message is read.
#[utoipa::path(
    post, path = "/api/v1/dialogs/{dialog}/read", operation_id = "markRead", tag = "Own state",
    params(("dialog" = DialogId, Path, description = "The dialog"), WriteHeaders),
    request_body = MarkRead,
    responses((status = 200, description = "What is left", body = Moved), WriteRefusals),
    security(("user" = []))
)]
pub(crate) async fn read(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath(dialog): ApiPath<DialogId>,
    preference: Preference,
    trace: Trace,
    ApiJson(mark): ApiJson<MarkRead>,
) -> Result<(Written, Json<Moved>), ApiError> {
    let own = Own {
        edge: &edge,
        caller: &caller,
        dialog,
    };
    own.move_to(preference, &trace, mark.last_read_message_id, Side::Behind)
        .await
}

/// A message and all after it count as unread again.
#[utoipa::path(
    post, path = "/api/v1/dialogs/{dialog}/unread", operation_id = "markUnread", tag = "Own state",
    params(("dialog" = DialogId, Path, description = "The dialog"), WriteHeaders),
    request_body = MarkUnread,
    responses((status = 200, description = "What is left", body = Moved), WriteRefusals),
    security(("user" = []))
)]
pub(crate) async fn unread(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath(dialog): ApiPath<DialogId>,
    preference: Preference,
    trace: Trace,
    ApiJson(mark): ApiJson<MarkUnread>,
) -> Result<(Written, Json<Moved>), ApiError> {
    let own = Own {
        edge: &edge,
        caller: &caller,
        dialog,
    };
    own.move_to(preference, &trace, mark.message_id, Side::Before)
        .await
}

/// A change of the caller's own state on its way.
struct Own<'a> {
    edge: &'a Edge,
    caller: &'a Caller,
    dialog: DialogId,
}

impl<'a> Own<'a> {
    fn of(edge: &'a Edge, caller: &'a Caller, dialog: DialogId) -> Self {
        Self { edge, caller, dialog }
    }

    async fn switch(
        &self,
        preference: Preference,
        trace: &Trace,
        command: OwnCommand,
        status: &'static str,
    ) -> Result<(Written, Json<Changed>), ApiError> {
        let known = self.known().await?;
        let written = self.note(preference, trace, &known, command).await?;
        Ok((written, Json(Changed { status })))
    }

    /// The dialog as this edge knows it, for somebody who may read in it.
    async fn known(&self) -> Result<Known, ApiError> {
        match admitted(self.edge, self.caller, self.dialog, Action::Read).await {
            Ok(known) => Ok(known),
            Err(error) => Err(explain(self.edge, self.caller, self.dialog, error).await),
        }
    }

    async fn note(
        &self,
        preference: Preference,
        trace: &Trace,
        known: &Known,
        command: OwnCommand,
    ) -> Result<Written, ApiError> {
        let data = match own_state(&known.dialog, &self.caller.user, command) {
            Ok(data) => data,
            Err(rejection) => return Err(self.refused(rejection).await),
        };
        let request = request(&self.caller.app, self.dialog, self.caller.actor(), trace);
        let position = self.edge.log.note(request, &known.dialog, data).await?;
        Ok(Written::at(self.edge, preference, position).await)
    }

    async fn move_to(
        &self,
        preference: Preference,
        trace: &Trace,
        message: MessageId,
        side: Side,
    ) -> Result<(Written, Json<Moved>), ApiError> {
        let mut known = self.known().await?;
        let place = match self.place(&known, message, side).await {
            // Whoever names it may have heard of it from another edge.
            Err(ApiError::MessageNotFound) => {
                let newest = self.edge.log.newest_state(&self.caller.app, self.dialog).await?;
                known = newest.ok_or(ApiError::DialogNotFound)?;
                self.place(&known, message, side).await?
            }
            place => place?,
        };
        let command = match side {
            Side::Before => OwnCommand::MarkUnread(place),
            Side::Behind => OwnCommand::Read(place),
        };
        let written = self.note(preference, trace, &known, command).await?;
        let Place { unread_count, .. } = place;
        Ok((
            written,
            Json(Moved {
                success: true,
                unread_count,
            }),
        ))
    }

    /// Where the pointer goes, once the database has come as far as this edge knows the dialog: what is left to read then is exact.
    async fn place(&self, known: &Known, message: MessageId, side: Side) -> Result<Place, ApiError> {
        let Self { edge, caller, dialog } = self;
        let position = Position {
            shard: shard_of(*dialog),
            log_seq: known.log_seq,
        };
        if !edge.watermark.wait(position, edge.options.write_wait).await {
            return Err(ApiError::NotStored);
        }
        let place = edge
            .storage
            .place(&caller.app, *dialog, &caller.user, message, side)
            .await?;
        place.ok_or(ApiError::MessageNotFound)
    }

    async fn refused(&self, rejection: Rejection) -> ApiError {
        explain(self.edge, self.caller, self.dialog, rejection.into()).await
    }
}
