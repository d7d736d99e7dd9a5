use axum::extract::ws::{CloseFrame, Utf8Bytes};

macro_rules! closes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $reason:literal;)*) => {
        /// Why the server ends a socket. 4000–4099: come back, with the position; 4100–4199: come back only with another
        /// identity or token.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Close {
            $($(#[$doc])* $variant,)*
        }

        impl Close {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The close code on the wire.
            pub fn code(self) -> u16 {
                match self { $(Self::$variant => $code,)* }
            }

            /// In words, on the wire and in metrics.
            pub fn reason(self) -> &'static str {
                match self { $(Self::$variant => $reason,)* }
            }
        }
    };
}

closes! {
    /// Not a WebSocket conversation (RFC 6455): bad frames, too large ones, text that is not UTF-8.
    Protocol = 1002, "protocol error";
    /// This edge is stopping: connect again, another one takes over.
    Moving = 4000, "the server is restarting";
    /// Nothing was heard from the client for too long.
    Idle = 4001, "nothing was heard for too long";
    /// The user has as many connections as one user may.
    TooMany = 4002, "too many connections";
    /// The client reads slower than it is sent to; what it missed is there when it resumes.
    SlowReader = 4008, "reads too slowly";
    /// More frames than a client may send.
    Flood = 4029, "too many frames";
    /// The token is not valid.
    BadIdentity = 4100, "the token is not valid";
    /// The token has expired and no fresh one came.
    Expired = 4101, "the token has expired";
    /// A token of somebody else came over the same socket.
    OtherUser = 4102, "the token is another user's";
    /// No `auth` frame came in time.
    AuthTimeout = 4103, "no identity was given in time";
    /// The host banned the user or revoked the token.
    Revoked = 4104, "the access was revoked";
    /// The user's app does not allow the page that the socket is for.
    ForeignOrigin = 4105, "this page may not connect";
}

impl Close {
    /// The reason that has this code.
    pub(crate) fn from_code(code: u16) -> Option<Self> {
        Self::ALL.iter().copied().find(|close| close.code() == code)
    }

    pub(crate) fn frame(self) -> CloseFrame {
        CloseFrame {
            code: self.code(),
            reason: Utf8Bytes::from_static(self.reason()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_names_one_reason() {
        for close in Close::ALL {
            assert_eq!(Close::from_code(close.code()), Some(*close));
        }
        assert_eq!(Close::from_code(0), None);
    }
}
