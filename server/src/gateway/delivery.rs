use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use mtchat_domain::{Offer, To};
use mtchat_protocol::{AppId, DialogId, Positions, ServerFrame, UserId};
use smallvec::SmallVec;

use super::roster::Gathering;

/// What one fact of the log means for sockets: made once, outside of any lock.
#[derive(Debug, Clone)]
pub(crate) struct Outbound {
    pub(crate) log_seq: u64,
    pub(crate) app: AppId,
    pub(crate) dialog: DialogId,
    pub(crate) audience: Audience,
    /// What it changes about who may join.
    pub(crate) offer: Option<Arc<Offer>>,
    pub(crate) frames: Frames,
}

/// For whom.
#[derive(Debug, Clone)]
pub(crate) enum Audience {
    /// These users.
    Known {
        /// They get all frames. `None`: nobody but those who are concerned.
        members: Option<Gathering>,
        /// Concerned in particular, as former members or because it is about them: they get the frames that are for the concerned.
        former: SmallVec<[UserId; 1]>,
    },
    /// The members could not be found out, so everybody in the app must look for themselves.
    Unknown,
}

/// The frames of one fact, ready to be written.
pub(crate) type Frames = SmallVec<[OutboundFrame; 1]>;

/// A frame, serialised once: all sockets and the ring share its bytes.
#[derive(Debug, Clone)]
pub(crate) struct OutboundFrame {
    pub(crate) text: Utf8Bytes,
    pub(crate) to: To,
}

/// Serialise a fact's frames. Only the last that somebody gets carries the position, so a client that stopped in between gets all
/// of them again.
/// `None`: something could not be serialised.
pub(crate) fn outbound_frames(
    log_seq: u64,
    mut frames: Vec<mtchat_domain::AddressedFrame>,
) -> Option<Frames> {
    // Of these everybody gets one at most.
    for addressed in &mut frames {
        if let To::Candidates(_) = addressed.to {
            addressed.frame.set_pos(Positions(vec![log_seq]));
        }
    }
    for concerned in [false, true] {
        if let Some(last) = frames.iter_mut().rfind(|frame| frame.to.reaches(concerned)) {
            last.frame.set_pos(Positions(vec![log_seq]));
        }
    }
    frames
        .into_iter()
        .map(|addressed| {
            Some(OutboundFrame {
                text: text(&addressed.frame)?,
                to: addressed.to,
            })
        })
        .collect()
}

/// A frame as it goes over the socket.
pub(crate) fn text(frame: &ServerFrame) -> Option<Utf8Bytes> {
    match serde_json::to_string(frame) {
        Ok(json) => Some(Utf8Bytes::from(json)),
        Err(error) => {
            tracing::error!(%error, "a frame could not be serialised");
            None
        }
    }
}
