use std::convert::Infallible;

use axum::{
    http::{HeaderName, HeaderValue},
    response::{IntoResponseParts, ResponseParts},
};
use mtchat_nats::{AppendRequest, Appended, shard_of};
use mtchat_protocol::{Actor, AppId, DialogId, FactId, Position, ShardId, Timestamp};

use crate::{
    Edge,
    extract::{Preference, Trace},
};

/// What every answer to a write says in its headers: where it stands in the log, and whether it was waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written {
    position: Option<Position>,
    respond_async: bool,
}

impl Written {
    /// Wait until the write is stored, unless the caller prefers otherwise or the database is known to be away. What takes longer
    /// than the wait is answered as accepted: a read with its position waits for the rest.
    pub(crate) async fn at(edge: &Edge, preference: Preference, position: Position) -> Self {
        let Preference { respond_async } = preference;
        if !respond_async && edge.readiness.database() {
            edge.watermark.wait(position, edge.options.write_wait).await;
        }
        Self {
            position: Some(position),
            respond_async,
        }
    }

    /// The same for whatever came of an append.
    pub(crate) async fn after(
        edge: &Edge,
        preference: Preference,
        dialog: DialogId,
        appended: &Appended,
    ) -> Self {
        Self::at(edge, preference, position(dialog, appended)).await
    }

    /// Nothing was written.
    pub(crate) fn nothing(preference: Preference) -> Self {
        Self {
            position: None,
            respond_async: preference.respond_async,
        }
    }
}

/// Where an append stands, or the fact that made it unnecessary.
fn position(dialog: DialogId, appended: &Appended) -> Position {
    match appended {
        Appended::New { position, .. } | Appended::Repeated { position, .. } => *position,
        Appended::Unchanged { known } => Position {
            shard: shard_of(dialog),
            log_seq: known.log_seq,
        },
    }
}

impl IntoResponseParts for Written {
    type Error = Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Infallible> {
        let headers = response.headers_mut();
        if let Some(Ok(position)) = self
            .position
            .map(|position| HeaderValue::try_from(position.to_string()))
        {
            headers.insert(HeaderName::from_static("mtchat-position"), position);
        }
        if self.respond_async {
            let applied = HeaderValue::from_static("respond-async");
            headers.insert(HeaderName::from_static("preference-applied"), applied);
        }
        Ok(response)
    }
}

/// What an answer to a read says in its headers: up to where the log was stored when it was read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReadAt(pub(crate) u64);

impl ReadAt {
    /// How far it is known to be stored now, before something is read: what is read then may know of more.
    pub(crate) fn least(edge: &Edge) -> Self {
        Self(edge.watermark.stored(ShardId::default()))
    }
}

impl IntoResponseParts for ReadAt {
    type Error = Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Infallible> {
        let position = Position {
            shard: ShardId::default(),
            log_seq: self.0,
        };
        if let Ok(position) = HeaderValue::try_from(position.to_string()) {
            let name = HeaderName::from_static("mtchat-position");
            response.headers_mut().insert(name, position);
        }
        Ok(response)
    }
}

/// An append that somebody asks for now.
pub(crate) fn request(app: &AppId, dialog: DialogId, actor: Actor, trace: &Trace) -> AppendRequest {
    AppendRequest {
        app: app.clone(),
        dialog,
        id: FactId::fresh(),
        at: Timestamp::now(),
        actor,
        trace: Some(trace.parent().to_owned()),
    }
}
