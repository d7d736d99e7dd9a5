use axum::{Json, extract::State};
use mtchat_domain::{Command, system_message};
use mtchat_nats::Appended;
use mtchat_protocol::{Data, DialogId, Fact, MessageType, MessageView, PostNotice, Timestamp};

use super::{HostWrite, Written, host_error};
use crate::{
    ApiError, Edge,
    extract::{ApiJson, ApiPath, HostCaller, IdempotencyKey, Preference, Trace},
    openapi::{HostWriteHeaders, WriteRefusals},
};

/// Say something in a dialog, or tell of an event of its object: a system message in the order of all others.
#[utoipa::path(
    post, path = "/api/v1/management/dialogs/{dialog}/messages", operation_id = "postNotice", tag = "Management: dialogs",
    params(("dialog" = DialogId, Path, description = "The dialog"), HostWriteHeaders),
    request_body = PostNotice,
    responses((status = 200, description = "The message", body = Data<MessageView>), WriteRefusals),
    security(("host" = []))
)]
pub(crate) async fn post(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(dialog): ApiPath<DialogId>,
    preference: Preference,
    trace: Trace,
    key: IdempotencyKey,
    ApiJson(post): ApiJson<PostNotice>,
) -> Result<(Written, Json<Data<MessageView>>), ApiError> {
    say(&edge, &host, dialog, preference, &trace, &key, post).await
}

/// The same for whoever the host has let say it, wherever they came from: the same key is the same message.
pub(crate) async fn say(
    edge: &Edge,
    host: &HostCaller,
    dialog: DialogId,
    preference: Preference,
    trace: &Trace,
    key: &IdempotencyKey,
    post: PostNotice,
) -> Result<(Written, Json<Data<MessageView>>), ApiError> {
    let what = format!("POST dialogs/{dialog}/messages");
    let write = HostWrite::new(edge, host, trace, key, &what, &post)?;
    let notice = post.check()?;
    let command = || Command::PostNotice(notice.clone());
    let appended = write.append(dialog, Timestamp::now(), command).await;
    let appended = appended.map_err(host_error)?;
    let (Appended::New { fact, position } | Appended::Repeated { fact, position }) = &appended else {
        return Err(ApiError::Unexpected("a host's message changed nothing"));
    };
    Ok((
        Written::at(edge, preference, *position).await,
        Json(Data { data: view(fact)? }),
    ))
}

fn view(fact: &Fact) -> Result<MessageView, ApiError> {
    let message = system_message(fact).ok_or(ApiError::Unexpected("a host's message is not shown"))?;
    Ok(MessageView {
        reactions: Vec::new(),
        attachments: Vec::new(),
        id: fact.id.into(),
        dialog_id: fact.dialog,
        sender_id: None,
        content: message.content(),
        sent_at: fact.at,
        last_edited_at: None,
        reply_to_id: None,
        message_type: MessageType::System,
        seq: fact.seq(),
    })
}
