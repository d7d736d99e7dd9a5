//! `mtchat dead-letters`: what the projector set aside and what endpoints did not take, and having it done after all.

mod again;
mod letter;
mod show;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use mtchat_protocol::AppId;

use self::letter::{Letter, LetterId};
use crate::{
    Failure,
    operate::{Deployment, OperateError},
    settings::Sources,
};

/// What `mtchat dead-letters` is asked for.
#[derive(Debug, Clone, Args)]
pub struct DeadLetterArguments {
    /// The data directory of a running `mtchat up`
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Clone, Subcommand)]
enum Verb {
    /// Show what there is, the oldest first
    List {
        /// Only events of this app's endpoints
        #[arg(long)]
        app: Option<AppId>,
        /// Only events of this endpoint
        #[arg(long, requires = "app")]
        endpoint: Option<String>,
        /// At most so many of each kind
        #[arg(long, default_value_t = 100, value_name = "NUMBER")]
        limit: u32,
        /// As JSON, a line each
        #[arg(long)]
        json: bool,
    },
    /// Do it after all: apply a fact, deliver an event
    Retry {
        /// Which, as `list` names them
        #[arg(
            required_unless_present = "all",
            conflicts_with = "all",
            value_name = "LETTER"
        )]
        letters: Vec<LetterId>,
        /// Every fact that was set aside, the oldest first; of endpoints only what is named
        #[arg(long)]
        all: bool,
    },
    /// Show one, with all that is known of it. What people wrote is in it
    Show {
        /// Which, as `list` names them
        #[arg(value_name = "LETTER")]
        letter: LetterId,
    },
}

/// Most facts that one call applies again.
const MOST: u32 = 10_000;

pub(crate) async fn dead_letters(
    arguments: &DeadLetterArguments,
    sources: Sources,
) -> Result<ExitCode, Failure> {
    let deployment = Deployment::open(arguments.data.as_deref(), sources).await?;
    let done = carry_out(&arguments.verb, &deployment).await;
    deployment.storage.close().await;
    done
}

async fn carry_out(verb: &Verb, deployment: &Deployment) -> Result<ExitCode, Failure> {
    let storage = &deployment.storage;
    match verb {
        Verb::List {
            app,
            endpoint,
            limit,
            json,
        } => {
            let facts = match app {
                None => storage.dead_letters(*limit).await?,
                Some(_) => Vec::new(),
            };
            let events = storage
                .dead_webhooks(app.as_ref(), endpoint.as_deref(), *limit)
                .await?;
            let letters: Vec<Letter> = facts
                .into_iter()
                .map(Letter::Fact)
                .chain(events.into_iter().map(Letter::Event))
                .collect();
            print!("{}", show::list(&letters, *json));
            Ok(ExitCode::SUCCESS)
        }
        Verb::Show { letter } => {
            print!("{}", show::one(&find(deployment, letter).await?));
            Ok(ExitCode::SUCCESS)
        }
        Verb::Retry { letters, all: false } => retry(deployment, letters).await,
        Verb::Retry { all: true, .. } => {
            let letters = storage.dead_letters(MOST).await?;
            let ids: Vec<LetterId> = letters
                .into_iter()
                .map(|letter| Letter::Fact(letter).id())
                .collect();
            retry(deployment, &ids).await
        }
    }
}

async fn find(deployment: &Deployment, id: &LetterId) -> Result<Letter, Failure> {
    let storage = &deployment.storage;
    let found = match id {
        LetterId::Fact(position) => {
            let letter = storage.dead_letter(position.shard, position.log_seq).await?;
            letter.map(Letter::Fact)
        }
        LetterId::Event { place, log_seq } => {
            let letter = storage.dead_webhook(place, *log_seq).await?;
            letter.map(Letter::Event)
        }
    };
    Ok(found.ok_or_else(|| OperateError::Letter(id.to_string()))?)
}

/// One after the other; one that can not be done does not keep the others from it.
async fn retry(deployment: &Deployment, ids: &[LetterId]) -> Result<ExitCode, Failure> {
    let mut failed = 0;
    for id in ids {
        match retry_one(deployment, id).await {
            Ok(said) => print!("{said}"),
            Err(Failure::Operate(error)) => {
                failed += 1;
                eprintln!("mtchat: {error}");
            }
            // The others would fail as well.
            Err(failure) => return Err(failure),
        }
    }
    if ids.is_empty() {
        println!("Nothing was set aside.");
    }
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn retry_one(deployment: &Deployment, id: &LetterId) -> Result<String, Failure> {
    match find(deployment, id).await? {
        Letter::Fact(letter) => {
            let given = again::apply(deployment, &letter, &id.to_string()).await?;
            Ok(match given {
                0 => format!(
                    "{id}: its dialog is deleted, so there is nothing to apply; the letter is gone.\n"
                ),
                1 => format!("{id}: applied.\n"),
                more => format!("{id}: applied, and {} that followed it once more.\n", more - 1),
            })
        }
        Letter::Event(letter) => {
            let place = &letter.place;
            let retried = deployment
                .storage
                .retry_dead_letters(&place.app, &place.endpoint, Some(&[letter.log_seq]))
                .await?;
            if retried.is_some_and(|retried| retried > 0) {
                Ok(format!("{id}: is delivered again within seconds.\n"))
            } else {
                Err(OperateError::Endpoint(format!("{}/{}", place.app, place.endpoint)).into())
            }
        }
    }
}
