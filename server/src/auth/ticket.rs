use std::net::IpAddr;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use mtchat_domain::Caller;
use mtchat_nats::{Broker, TICKET_LIFE, TicketError, keep_ticket, take_ticket};
use mtchat_protocol::{AppId, Scopes, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Authenticated, Signer};

/// 256 bits: nobody guesses one.
const SECRET_BYTES: usize = 32;

/// There is no ticket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoTicket {
    /// The broker keeps none now.
    #[error(transparent)]
    Broker(#[from] TicketError),
    /// The system gives no random bytes.
    #[error("there is no randomness to make a ticket from")]
    NoRandomness,
}

/// Makes tickets: each opens one socket, once, within [`TICKET_LIFE`], from the address that asked for it. So a URL, which proxies and
/// browsers write down, carries nothing that is good for anything later. All edges know the same ones.
#[derive(Clone)]
pub struct Tickets(Broker);

/// What a ticket stands for.
#[derive(Serialize, Deserialize)]
struct Held {
    app: AppId,
    user: UserId,
    scopes: Scopes,
    permissions: Vec<String>,
    granted: Scopes,
    scopes_given: bool,
    asked: bool,
    expires_at: Option<Timestamp>,
    issued_at: Option<Timestamp>,
    #[serde(default)]
    signer: Option<Signer>,
    address: Option<IpAddr>,
    made_at: Timestamp,
}

impl Tickets {
    /// Those that this broker keeps.
    pub fn new(broker: Broker) -> Self {
        Self(broker)
    }

    /// Make one for a verified caller who asks from this address.
    pub(crate) async fn issue(
        &self,
        who: &Authenticated,
        address: Option<IpAddr>,
    ) -> Result<String, NoTicket> {
        let mut secret = [0; SECRET_BYTES];
        getrandom::fill(&mut secret).map_err(|_| NoTicket::NoRandomness)?;
        let held = Held::of(who, address);
        // What was read from JSON or headers is written as JSON again.
        let content = serde_json::to_vec(&held).unwrap_or_default();
        keep_ticket(&self.0, &name(&secret), content.into()).await?;
        Ok(URL_SAFE_NO_PAD.encode(secret))
    }

    /// Who asked for it; it is good for nothing afterwards. `None` for one that is unknown, used, too old or asked for from elsewhere.
    /// What was revoked since is for the authenticator to say.
    pub(crate) async fn redeem(
        &self,
        ticket: &str,
        address: Option<IpAddr>,
    ) -> Result<Option<Authenticated>, TicketError> {
        let decoded = URL_SAFE_NO_PAD.decode(ticket).unwrap_or_default();
        let Ok(secret) = <[u8; SECRET_BYTES]>::try_from(decoded) else {
            return Ok(None);
        };
        let content = take_ticket(&self.0, &name(&secret)).await?;
        let held = content.and_then(|content| serde_json::from_slice::<Held>(&content).ok());
        Ok(held
            .filter(|held| held.is_good(Timestamp::now(), address))
            .map(Authenticated::from))
    }
}

impl Held {
    fn of(who: &Authenticated, address: Option<IpAddr>) -> Self {
        let Authenticated {
            caller,
            granted,
            scopes_given,
            asked,
            expires_at,
            issued_at,
            signer,
        } = who.clone();
        Self {
            app: caller.app,
            user: caller.user,
            scopes: caller.scopes,
            permissions: caller.permissions,
            granted,
            scopes_given,
            asked,
            expires_at,
            issued_at,
            signer,
            address,
            made_at: Timestamp::now(),
        }
    }

    /// The broker forgets tickets by itself, but not to the millisecond.
    fn is_good(&self, now: Timestamp, address: Option<IpAddr>) -> bool {
        let age = now.micros().saturating_sub(self.made_at.micros());
        self.address == address && i128::from(age) <= TICKET_LIFE.as_micros().cast_signed()
    }
}

impl From<Held> for Authenticated {
    fn from(held: Held) -> Self {
        Self {
            caller: Caller {
                app: held.app,
                user: held.user,
                scopes: held.scopes,
                permissions: held.permissions,
            },
            granted: held.granted,
            scopes_given: held.scopes_given,
            asked: held.asked,
            expires_at: held.expires_at,
            issued_at: held.issued_at,
            signer: held.signer,
        }
    }
}

/// What the broker calls it: whoever reads there learns no secret.
fn name(secret: &[u8; SECRET_BYTES]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held() -> Held {
        let who = Authenticated {
            caller: Caller {
                app: AppId::default_app(),
                user: UserId::new("alice").unwrap(),
                scopes: Scopes::default(),
                permissions: vec!["moderate".to_owned()],
            },
            granted: Scopes::default(),
            scopes_given: true,
            asked: false,
            expires_at: Some(Timestamp::now()),
            issued_at: None,
            signer: Signer::from_number(7),
        };
        let held = Held::of(&who, Some([192, 0, 2, 1].into()));
        let kept = serde_json::to_vec(&held).unwrap();
        let read: Held = serde_json::from_slice(&kept).unwrap();
        assert_eq!(Authenticated::from(read), who);
        held
    }

    #[test]
    fn a_ticket_is_good_for_thirty_seconds() {
        let held = held();
        let after = |micros| Timestamp::from_micros(held.made_at.micros() + micros);
        let address = held.address;
        assert!(held.is_good(after(0), address) && held.is_good(after(30_000_000), address));
        assert!(!held.is_good(after(30_000_001), address));
        // Edges' clocks differ a little.
        assert!(held.is_good(after(-500_000), address));
    }

    #[test]
    fn a_ticket_is_good_where_it_was_asked_for() {
        let held = held();
        for elsewhere in [None, Some([192, 0, 2, 2].into())] {
            assert!(!held.is_good(held.made_at, elsewhere));
        }
    }
}
