use std::sync::Arc;

use super::{
    Hub,
    connection::{Connection, Owner},
    resume::{ResumePoint, Resumption},
    roster::NoSeat,
};
use crate::auth::Authenticated;

/// A socket's place in the hub. Dropping it gives the place back, however the socket's task ends.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) hub: Hub,
    pub(crate) connection: Arc<Connection>,
    /// It counts among those that have not said whose they are.
    pub(crate) anonymous: bool,
}

/// What a further token means for a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Renewal {
    /// It is nobody's yet.
    NotAttached,
    /// It is another user's.
    OtherUser,
    /// It goes on until the new token ends.
    Renewed,
}

impl Seat {
    /// The socket is this user's from now on.
    pub(crate) fn attach(
        &mut self,
        who: Authenticated,
        point: Option<&ResumePoint>,
    ) -> Result<Resumption, NoSeat> {
        let owner = Owner {
            app: who.caller.app,
            user: who.caller.user,
        };
        // Before it can be found, so that a revocation that comes meanwhile is judged by it.
        self.connection.issued_at(who.issued_at);
        self.connection.signed_by(who.signer);
        self.connection.holds(&who.granted);
        let resumption = self.hub.attach(&self.connection, &owner, point)?;
        self.connection.expires_at(who.expires_at);
        if std::mem::take(&mut self.anonymous) {
            self.hub.no_longer_anonymous();
        }
        Ok(resumption)
    }

    /// Nothing more is sent to the socket.
    pub(crate) fn silence(&self) {
        self.hub.silence(&self.connection);
    }

    /// A token came over a socket that may have an owner.
    pub(crate) fn renew(&self, who: &Authenticated) -> Renewal {
        let Some(owner) = self.connection.owner() else {
            return Renewal::NotAttached;
        };
        if owner.app != who.caller.app || owner.user != who.caller.user {
            return Renewal::OtherUser;
        }
        self.connection.issued_at(who.issued_at);
        self.connection.signed_by(who.signer);
        self.connection.expires_at(who.expires_at);
        self.connection.holds(&who.granted);
        self.hub.scopes_changed(&self.connection);
        Renewal::Renewed
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.hub.leave(&self.connection, self.anonymous);
    }
}
