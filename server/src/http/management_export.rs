use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderValue, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use mtchat_protocol::{
    AccessScopeView, AppId, AuditAction, DialogId, DialogView, MessageId, MessageVersion, MessageView,
    ParticipantView,
};
use mtchat_storage::{Audited, ExportPlace, Exported, Storage};
use serde::Serialize;

use crate::{
    ApiError, Edge,
    extract::{ApiPath, HostCaller, MtchatPosition},
    openapi::{ReadHeaders, ReadRefusals},
};

/// How many messages and versions are in memory at once.
const PAGE: u32 = 50;

/// One line.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line<'a> {
    /// The dialog itself, first.
    Dialog(&'a DialogView),
    /// Who is in it.
    Participant(&'a ParticipantView),
    /// Who may join.
    AccessScope(&'a AccessScopeView),
    /// A message as it is now, in order.
    Message(&'a MessageView),
    /// What the message before it said once.
    Version {
        message_id: MessageId,
        #[serde(flatten)]
        version: &'a MessageVersion,
    },
    /// The last line: without it the export is not whole.
    End { messages: u64 },
}

/// How far an export is.
struct Export {
    storage: Storage,
    app: AppId,
    dialog: DialogId,
    place: ExportPlace,
    messages: u64,
    ended: bool,
}

/// Everything of a dialog as JSON lines, read in pages while it is sent. What is deleted is not in it.
#[utoipa::path(
    get, path = "/api/v1/management/dialogs/{dialog}/export", operation_id = "exportDialog", tag = "Management: dialogs",
    params(("dialog" = DialogId, Path, description = "The dialog"), ReadHeaders),
    responses((status = 200, description = "One JSON document a line", body = String, content_type = "application/x-ndjson"), ReadRefusals),
    security(("host" = []))
)]
pub(crate) async fn export(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(dialog): ApiPath<DialogId>,
    _: MtchatPosition,
) -> Result<Response, ApiError> {
    let detail = edge.storage.dialog_detail(&host.app, dialog).await?;
    let detail = detail.ok_or(ApiError::HostDialogNotFound)?;
    let audited = Audited {
        dialog: Some(dialog),
        ..Audited::by_host(AuditAction::DialogExported)
    };
    edge.storage.audit(&host.app, audited).await?;
    let mut first = Vec::new();
    write(&mut first, &Line::Dialog(&detail.dialog))?;
    for participant in &detail.participants {
        write(&mut first, &Line::Participant(participant))?;
    }
    for scope in &detail.access_scopes {
        write(&mut first, &Line::AccessScope(scope))?;
    }
    let export = Export {
        storage: edge.storage.clone(),
        app: host.app,
        dialog,
        place: ExportPlace::default(),
        messages: 0,
        ended: false,
    };
    let pages = stream::try_unfold((Some(first), export), |(first, mut export)| async move {
        let page = match first {
            Some(first) => Some(first),
            None => export.next().await?,
        };
        Ok::<_, ApiError>(page.map(|page| (Bytes::from(page), (None, export))))
    });
    let lines = HeaderValue::from_static("application/x-ndjson");
    Ok(([(CONTENT_TYPE, lines)], Body::from_stream(pages)).into_response())
}

impl Export {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, ApiError> {
        if self.ended {
            return Ok(None);
        }
        let page = self
            .storage
            .export_page(&self.app, self.dialog, self.place, PAGE)
            .await?;
        let mut lines = Vec::new();
        let Some((exported, place)) = page else {
            self.ended = true;
            let messages = self.messages;
            write(&mut lines, &Line::End { messages })?;
            return Ok(Some(lines));
        };
        self.place = place;
        for one in &exported {
            match one {
                Exported::Message(message) => {
                    self.messages += 1;
                    write(&mut lines, &Line::Message(message))?;
                }
                Exported::Version(message_id, version) => {
                    let message_id = *message_id;
                    write(&mut lines, &Line::Version { message_id, version })?;
                }
            }
        }
        Ok(Some(lines))
    }
}

fn write(lines: &mut Vec<u8>, line: &Line<'_>) -> Result<(), ApiError> {
    serde_json::to_writer(&mut *lines, line)
        .map_err(|_| ApiError::Unexpected("an export's line is no JSON"))?;
    lines.push(b'\n');
    Ok(())
}
