use mtchat_nats::{Broker, publish_notice};
use mtchat_protocol::{Actor, DialogUnarchived, Fact, FactData, FactId};
use mtchat_storage::Unarchived;

/// Tell those for whom a message brought a dialog back. At most once: the message itself says the same to a client that knows
/// the rule, so what is lost here is seen all the same.
pub(crate) async fn tell(broker: &Broker, unarchived: Vec<Unarchived>) {
    for one in unarchived {
        let fact = notice(one);
        if let Err(error) = publish_notice(broker, &fact, None).await {
            tracing::warn!(dialog.id = %fact.dialog, %error, "nobody was told that the dialog is not archived any more");
        }
    }
}

/// The notice, with an id that follows from its cause: told again it is the same one.
fn notice(unarchived: Unarchived) -> Fact {
    let Unarchived { cause, users } = unarchived;
    Fact {
        id: FactId(uuid::Uuid::from_u128(cause.id.0.as_u128() ^ 1)),
        actor: Actor::System,
        data: FactData::DialogUnarchived(DialogUnarchived { user_ids: users }),
        ..cause
    }
}
