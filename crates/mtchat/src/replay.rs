//! `mtchat replay`: an endpoint is told again what it was told before.

use std::path::PathBuf;

use clap::Args;
use mtchat_nats::{first_since, log_state};
use mtchat_protocol::{AppId, ShardId, Timestamp};

use crate::{
    Failure,
    operate::{Deployment, OperateError, SHARDS},
    settings::Sources,
};

/// What `mtchat replay` is asked for.
#[derive(Debug, Clone, Args)]
#[command(group = clap::ArgGroup::new("from").required(true))]
pub struct ReplayArguments {
    /// The data directory of a running `mtchat up`
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Whose endpoint
    #[arg(long, default_value = "default")]
    app: AppId,
    /// Which one: its id, or `configured`
    #[arg(long)]
    endpoint: String,
    /// From this entry of the log on
    #[arg(long, value_name = "SEQUENCE", group = "from")]
    from_seq: Option<u64>,
    /// From this moment on, such as 2026-01-02T03:04:05Z
    #[arg(long, value_name = "TIME", value_parser = moment, group = "from")]
    from_time: Option<Timestamp>,
}

/// RFC 3339, as everywhere.
fn moment(text: &str) -> Result<Timestamp, String> {
    serde_json::from_value(serde_json::Value::from(text))
        .map_err(|_| "a moment is written like 2026-01-02T03:04:05Z".to_owned())
}

pub(crate) async fn replay(arguments: &ReplayArguments, sources: Sources) -> Result<String, Failure> {
    let deployment = Deployment::open(arguments.data.as_deref(), sources).await?;
    let said = rewind(arguments, &deployment).await;
    deployment.storage.close().await;
    said
}

async fn rewind(arguments: &ReplayArguments, deployment: &Deployment) -> Result<String, Failure> {
    let mut said = String::new();
    for shard in SHARDS {
        said.push_str(&rewind_in(arguments, deployment, shard).await?);
    }
    Ok(said)
}

async fn rewind_in(
    arguments: &ReplayArguments,
    deployment: &Deployment,
    shard: ShardId,
) -> Result<String, Failure> {
    let name = format!("{}/{}", arguments.app, arguments.endpoint);
    let log = log_state(&deployment.broker, shard).await?;
    let first = match (arguments.from_seq, arguments.from_time) {
        (Some(log_seq), _) => log_seq,
        (None, Some(at)) => {
            let first = first_since(&deployment.broker, shard, at).await?;
            first.unwrap_or(log.last_seq + 1)
        }
        (None, None) => log.last_seq + 1,
    };
    // What the log has forgotten nobody can be told.
    let held = first.max(log.first_seq).max(1);
    let replay = deployment
        .storage
        .replay_webhook(&arguments.app, &arguments.endpoint, shard, held - 1)
        .await?;
    let replay = replay.ok_or_else(|| OperateError::Endpoint(name.clone()))?;
    let mut said = if replay.from_log_seq > replay.to_log_seq {
        format!(
            "{name} stands at {}, or was told more a moment ago: of that it is told again, and then goes on.\n",
            replay.to_log_seq
        )
    } else {
        format!(
            "{name} is told again of what stands in the log from {} to {}, and then goes on.\n",
            replay.from_log_seq, replay.to_log_seq
        )
    };
    if first < log.first_seq {
        said.push_str(&format!(
            "The log begins at {}: what was before has gone.\n",
            log.first_seq
        ));
    }
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_everywhere() {
        assert_eq!(
            moment("1970-01-01T00:00:01Z"),
            Ok(Timestamp::from_micros(1_000_000))
        );
        for odd in ["", "yesterday", "2026-01-02", "1767323045"] {
            assert!(moment(odd).is_err(), "{odd}");
        }
    }
}
