//! One file for each resource. A handler is one paragraph: take, check, append or read, answer.

pub(crate) mod change_message;
mod changing;
pub(crate) mod dialog_list;
pub(crate) mod dialogs;
pub(crate) mod health;
pub(crate) mod management_dialogs;
pub(crate) mod management_participants;
pub(crate) mod management_scopes;
pub(crate) mod management_users;
pub(crate) mod membership;
pub(crate) mod messages;
pub(crate) mod metrics;
pub(crate) mod own_state;
pub(crate) mod participants;
pub(crate) mod reactions;
pub(crate) mod search;
pub(crate) mod send_message;
mod standing;
mod written;

use standing::{explain, standing};
use written::{Written, request};
