use mtchat_protocol::{AppId, Revocation, Revoked, Timestamp};

use super::*;
use crate::{auth::Signer, gateway::Close};

#[test]
fn a_key_that_is_gone_ends_the_sockets_that_it_let_in_and_no_others() {
    let hub = ready(roomy());
    let [key, other_key] = [7, 8].map(Signer::from_number);
    let open = |app: &str, name: &str, signer: Option<Signer>| {
        let mut seat = hub.admit(None).unwrap();
        let who = Authenticated {
            signer,
            ..who(app, name)
        };
        seat.attach(who, None).unwrap();
        seat
    };
    let [alice, bob] = [open("default", "alice", key), open("default", "bob", key)];
    let [other, nobody, foreign] = [
        open("default", "alice", other_key),
        open("default", "alice", None),
        open("other", "alice", key),
    ];
    let renewed = open("default", "carol", key);
    renewed.renew(&Authenticated {
        signer: other_key,
        ..who("default", "carol")
    });
    hub.end_signed(&AppId::default_app(), key.unwrap());
    let ended = |seat: &Seat| seat.connection.was_kicked() == Some(Close::Revoked);
    assert!(ended(&alice) && ended(&bob));
    assert!(!ended(&other) && !ended(&nobody) && !ended(&foreign) && !ended(&renewed));
}

#[test]
fn a_revocation_ends_the_sockets_of_older_tokens_of_this_user_and_no_others() {
    let hub = ready(roomy());
    let open = |app: &str, name: &str, issued: Option<i64>| {
        let mut seat = hub.admit(None).unwrap();
        let issued_at = issued.map(Timestamp::from_micros);
        seat.attach(
            Authenticated {
                issued_at,
                ..who(app, name)
            },
            None,
        )
        .unwrap();
        seat
    };
    let [old, fresh] = [
        open("default", "alice", Some(99)),
        open("default", "alice", Some(100)),
    ];
    let silent = open("default", "alice", None);
    let [bob, other_app] = [open("default", "bob", Some(1)), open("other", "alice", Some(1))];
    let revocation = |banned, changed_at| Revocation {
        app: AppId::default_app(),
        user: user("alice"),
        revoked: Revoked {
            banned,
            not_before: Some(Timestamp::from_micros(100)),
            changed_at: Timestamp::from_micros(changed_at),
        },
    };
    hub.revoke(&revocation(false, 1));
    let ended = |seat: &Seat| seat.connection.was_kicked() == Some(Close::Revoked);
    assert!(ended(&old) && ended(&silent));
    assert!(!ended(&fresh) && !ended(&bob) && !ended(&other_app));
    hub.deliver(fact(1, &["alice"]));
    assert_eq!(
        drained(&old.connection),
        Vec::<String>::new(),
        "nothing more is sent"
    );
    hub.revoke(&revocation(true, 2));
    assert!(ended(&fresh) && !ended(&bob) && !ended(&other_app));
}
