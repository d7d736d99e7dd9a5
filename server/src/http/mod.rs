//! One file for each resource. A handler is one paragraph: take, check, append or read, answer.

pub(crate) mod attachments;
pub(crate) mod change_message;
mod changing;
pub(crate) mod dialog_list;
pub(crate) mod dialogs;
pub(crate) mod health;
mod host_write;
pub(crate) mod management_audit;
pub(crate) mod management_changes;
pub(crate) mod management_dialogs;
pub(crate) mod management_erasure;
pub(crate) mod management_export;
pub(crate) mod management_find;
pub(crate) mod management_list;
pub(crate) mod management_notices;
pub(crate) mod management_participants;
pub(crate) mod management_scopes;
pub(crate) mod management_users;
pub(crate) mod membership;
pub(crate) mod message_history;
pub(crate) mod messages;
pub(crate) mod metrics;
pub(crate) mod own_state;
pub(crate) mod participants;
pub(crate) mod reactions;
pub(crate) mod search;
mod send_files;
pub(crate) mod send_message;
pub(crate) mod socket_ticket;
mod standing;
pub(crate) mod upload;
mod written;

use host_write::{HostWrite, host_error};
use standing::{explain, standing};
use written::{ReadAt, Written, request};
