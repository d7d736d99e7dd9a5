//! `mtchat listen`: what a user's socket receives, through restarts of the server and of the network.

mod address;
mod backoff;
mod identity;
mod place;
mod session;
mod show;

use std::{path::PathBuf, time::Duration};

use clap::Args;
use mtchat_protocol::UserId;

use self::{
    backoff::Backoff,
    identity::Identity,
    place::Place,
    session::{Ended, Session},
    show::Show,
};
use crate::{
    Failure,
    credentials::Credentials,
    duration,
    settings::{Purpose, Settings, Sources},
};

/// What `mtchat listen` is asked for.
#[derive(Debug, Clone, Args)]
#[command(group = clap::ArgGroup::new("server").required(true).multiple(true))]
pub struct ListenArguments {
    /// Where the edge is, ws://HOST:PORT or http://HOST:PORT
    #[arg(long, group = "server", required_unless_present = "data")]
    url: Option<String>,
    /// The token of the user who listens
    #[arg(long, env = "MTCHAT_TOKEN", hide_env_values = true, conflicts_with = "data")]
    token: Option<String>,
    /// The data directory of an `mtchat up` on this machine; makes the token itself
    #[arg(long, value_name = "DIR", group = "server", requires = "user")]
    data: Option<PathBuf>,
    /// Who listens: with --data, or where the server asks for no tokens
    #[arg(long)]
    user: Option<UserId>,
    /// One line of JSON for each frame, also on a terminal
    #[arg(long)]
    json: bool,
    /// End after so many messages
    #[arg(long, value_name = "MESSAGES")]
    count: Option<u64>,
    /// Give up after this long
    #[arg(long, value_parser = duration::parse, value_name = "DURATION")]
    timeout: Option<Duration>,
}

/// Why listening ended.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address is none.
    #[error("{0}")]
    Address(String),
    /// Neither a token nor a user was given.
    #[error("who listens? Give --token TOKEN, or --data DIR with --user USER")]
    Nobody,
    /// The server does not let us in, and trying again would not help.
    #[error("the server refuses: {0}")]
    Refused(String),
    /// The data directory does not say where its server is.
    #[error("the server of this data directory has not been started yet: give --url")]
    Stopped,
    /// The time is over.
    #[error("{messages} messages came within {}s", .within.as_secs())]
    TimedOut {
        /// So many came.
        messages: u64,
        /// In this time.
        within: Duration,
    },
}

pub(crate) async fn listen(arguments: &ListenArguments, sources: &Sources) -> Result<(), Failure> {
    crate::telemetry::start_logs("warn");
    let (address, identity) = whom(arguments, sources)?;
    let mut listener = Listener {
        address: address::websocket(&address)?,
        identity,
        show: Show::to_standard_output(arguments.json),
        place: Place::default(),
        messages: 0,
        count: arguments.count,
    };
    let Some(within) = arguments.timeout else {
        return Ok(listener.run().await?);
    };
    match tokio::time::timeout(within, listener.run()).await {
        Ok(ended) => Ok(ended?),
        Err(_) => Err(ListenError::TimedOut {
            messages: listener.messages,
            within,
        }
        .into()),
    }
}

/// Where to connect, and as whom.
fn whom(arguments: &ListenArguments, sources: &Sources) -> Result<(String, Identity), Failure> {
    if let (Some(directory), Some(user)) = (&arguments.data, &arguments.user) {
        let credentials = Credentials::of(directory)?;
        let address = arguments
            .url
            .clone()
            .or(credentials.url)
            .ok_or(ListenError::Stopped)?;
        let user = user.clone();
        if !credentials.jwt_enabled {
            return Ok((address, Identity::Named(user)));
        }
        let auth = Settings::load(sources, Purpose::Inspect)?.auth;
        return Ok((
            address,
            Identity::Minted {
                user,
                auth: Box::new(auth),
                secret: credentials.jwt_secret,
            },
        ));
    }
    let address = arguments.url.clone().ok_or(ListenError::Stopped)?;
    match (&arguments.token, &arguments.user) {
        (Some(token), _) => Ok((address, Identity::Token(token.clone()))),
        (None, Some(user)) => Ok((address, Identity::Named(user.clone()))),
        (None, None) => Err(ListenError::Nobody.into()),
    }
}

struct Listener {
    address: url::Url,
    identity: Identity,
    show: Show,
    place: Place,
    messages: u64,
    count: Option<u64>,
}

impl Listener {
    /// Connects again and again, each time behind the last frame that was shown, until enough messages have come.
    async fn run(&mut self) -> Result<(), ListenError> {
        let mut backoff = Backoff::default();
        loop {
            let mut session = Session {
                address: &self.address,
                identity: &self.identity,
                show: &mut self.show,
                place: &mut self.place,
                messages: &mut self.messages,
                count: self.count,
            };
            match session.run(&mut backoff).await {
                Ended::Done => return Ok(()),
                Ended::Refused(reason) => return Err(ListenError::Refused(reason)),
                Ended::Lost(reason) => {
                    let delay = backoff.delay(fastrand::f64());
                    self.show.notice(&format!(
                        "{reason}; connecting again in {:.1} s",
                        delay.as_secs_f64()
                    ));
                    tokio::time::sleep(delay).await;
                }
            }
        }
    }
}
