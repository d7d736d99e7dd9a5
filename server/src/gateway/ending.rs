use mtchat_protocol::{AppId, Revocation};

use super::{Hub, connection::Owner};
use crate::auth::Signer;

impl Hub {
    /// End the sockets of a user whose tokens are not good any more. Nothing is sent to them from here on.
    pub(crate) fn revoke(&self, revocation: &Revocation) {
        let owner = Owner {
            app: revocation.app.clone(),
            user: revocation.user.clone(),
        };
        tell(self.roster().revoke(&owner, &revocation.revoked));
    }

    /// End the sockets of an app whose tokens nothing vouches for any more.
    pub(crate) fn end_signed(&self, app: &AppId, signer: Signer) {
        tell(self.roster().end_signed(app, signer));
    }
}

fn tell(ended: usize) {
    if ended > 0 {
        tracing::info!(
            sockets.count = ended,
            "sockets were ended: the access was revoked"
        );
    }
}
