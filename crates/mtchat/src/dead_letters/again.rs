use mtchat_nats::{
    Logged, dialog_after, log_state,
    subject::{self, Class},
};
use mtchat_protocol::Fact;
use mtchat_storage::{Again, DeadLetter, Followed, NotAgain};
use mtchat_worker::read_again;

use crate::{
    Failure,
    operate::{Deployment, OperateError},
};

/// How much may have followed a fact in its dialog: it is given again in one transaction.
const MOST_FOLLOWED: usize = 20_000;
/// How often it is tried again when the dialog goes on meanwhile.
const ROUNDS: usize = 5;

/// Apply a fact that was set aside, in its place. How many facts were given to the database; 0: its dialog is deleted.
pub(super) async fn apply(
    deployment: &Deployment,
    letter: &DeadLetter,
    name: &str,
) -> Result<usize, Failure> {
    let read = read_again(&letter.what.subject, &letter.what.payload);
    let fact = read.map_err(|error| OperateError::Unreadable {
        letter: name.to_owned(),
        reason: error.to_string(),
    })?;
    let mut round = 1;
    loop {
        let again = look(deployment, letter, &fact).await?;
        let given = match again {
            Some(again) => deployment.storage.apply_again(&again).await,
            None => Err(NotAgain::Incomplete),
        };
        match given {
            Ok(given) => return Ok(given),
            Err(NotAgain::Moved) if round < ROUNDS => round += 1,
            Err(NotAgain::Storage(error)) => return Err(error.into()),
            Err(source) => {
                let (letter, source) = (name.to_owned(), Box::new(source));
                return Err(OperateError::Again { letter, source }.into());
            }
        }
    }
}

/// What followed it, as the log has it now; `None`: more than can be given again.
async fn look(deployment: &Deployment, letter: &DeadLetter, fact: &Fact) -> Result<Option<Again>, Failure> {
    let broker = &deployment.broker;
    // Asked first: what is appended later is not counted on.
    let log = log_state(broker, letter.shard).await?;
    let followed = dialog_after(
        broker,
        letter.shard,
        &fact.app,
        fact.dialog,
        letter.log_seq,
        MOST_FOLLOWED,
    )
    .await?;
    Ok(followed.map(|followed| Again {
        shard: letter.shard,
        epoch: letter.epoch.clone(),
        log_seq: letter.log_seq,
        fact: fact.clone(),
        followed: followed.iter().map(read).collect(),
        log_first: log.first_seq,
        log_last: log.last_seq,
    }))
}

fn read(logged: &Logged) -> Followed {
    let place = subject::parse(&logged.subject);
    Followed {
        log_seq: logged.log_seq,
        ordered: place.is_ok_and(|place| place.class == Class::Ordered),
        fact: read_again(&logged.subject, &logged.payload).ok(),
    }
}
