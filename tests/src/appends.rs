//! Many writers on one dialog, straight on the log.

use std::{sync::Arc, time::Duration};

use mtchat_domain::{BoxFuture, ColdDialogs, ColdError, Command, Creation, Dialog, decide};
use mtchat_nats::{
    AppendError, AppendRequest, Appended, Broker, BrokerOptions, Depth, Log, LogOptions, LogReader, Logged,
    ReadError,
};
use mtchat_protocol::{
    Actor, AppId, DialogId, DisplayName, Fact, FactId, JoinedAs, Member, ObjectId, ObjectType, Participant,
    Profile, RichText, ShardId, Timestamp, UserId,
};
use tokio::{sync::watch, task::JoinSet, time::Instant};

use crate::patience::pause_before_retry;

/// How long a writer keeps trying to get one fact appended.
const APPEND_PATIENCE: Duration = Duration::from_secs(60);

/// There is no database: everything is in the log.
#[derive(Debug, Clone, Copy)]
pub struct NoDatabase;

impl ColdDialogs for NoDatabase {
    fn dialog(&self, _app: &AppId, _dialog: DialogId) -> BoxFuture<'_, Result<Option<Dialog>, ColdError>> {
        Box::pin(async { Ok(None) })
    }

    fn members(&self, _: &AppId, _: DialogId, _: u64) -> BoxFuture<'_, Result<Arc<[Member]>, ColdError>> {
        Box::pin(async { Err(ColdError("there is no database".to_owned())) })
    }
}

/// So many writers' ends of the log, each over a connection of its own, spread over the brokers.
pub async fn append_handles(urls: &[String], count: usize) -> Vec<Log> {
    let mut handles = Vec::with_capacity(count);
    for index in 0..count {
        // Each begins at another node and knows the others.
        let mut urls = urls.to_vec();
        let nodes = urls.len();
        urls.rotate_left(index % nodes);
        let options = BrokerOptions {
            url: urls.join(","),
            name: format!("writer {index}"),
            connect_timeout: Duration::from_secs(10),
        };
        let broker = Broker::connect(&options).await.expect("the broker answers");
        handles.push(Log::new(broker, LogOptions::default(), Arc::new(NoDatabase)));
    }
    handles
}

/// So many tasks on these handles append to one new dialog until it has so many facts. Tells how many there are as it goes.
pub async fn append_together(
    handles: &[Log],
    tasks: usize,
    facts: usize,
    progress: watch::Sender<usize>,
) -> (DialogId, Vec<FactId>) {
    let dialog = DialogId::fresh();
    let created = FactId::fresh();
    append(&handles[0], dialog, created, &Actor::Host, creation()).await;
    let mut writers = JoinSet::new();
    let left = facts - 1;
    for task in 0..tasks {
        let log = handles[task % handles.len()].clone();
        let progress = progress.clone();
        let share = left / tasks + usize::from(task < left % tasks);
        writers.spawn(async move {
            let actor = Actor::User { id: member() };
            let mut appended = Vec::with_capacity(share);
            for number in 0..share {
                let id = FactId::fresh();
                let command = message(&format!("{task} says {number}"));
                append(&log, dialog, id, &actor, command).await;
                progress.send_modify(|count| *count += 1);
                appended.push(id);
            }
            appended
        });
    }
    let mut appended = vec![created];
    while let Some(writer) = writers.join_next().await {
        appended.extend(writer.expect("a writer has appended its share"));
    }
    (dialog, appended)
}

/// The host removes and adds the only member and freezes and reopens the dialog, at one edge and the other in turn, and the member
/// speaks at each. The edges hear nothing of each other but what they read in the log. So often; each must be appended.
pub async fn append_in_turn([here, there]: [&Log; 2], times: usize) {
    let dialog = DialogId::fresh();
    let Command::Create(created) = creation() else {
        unreachable!("it creates")
    };
    let alice = created.participants[0].clone();
    append(
        here,
        dialog,
        FactId::fresh(),
        &Actor::Host,
        Command::Create(created),
    )
    .await;
    let frozen = |frozen| Command::Update {
        title: None,
        object_url: None,
        meta: None,
        frozen: Some(frozen),
    };
    for time in 0..times {
        let speaker = Actor::User { id: member() };
        for (log, actor, command) in [
            (there, &speaker, message("as a member")),
            (here, &Actor::Host, Command::RemoveParticipant(member())),
            (there, &Actor::Host, Command::AddParticipant(alice.clone())),
            (here, &speaker, message("again")),
            (there, &Actor::Host, frozen(true)),
            (here, &Actor::Host, frozen(false)),
            (there, &speaker, message("at last")),
        ] {
            let said = format!("{command:?}");
            let appended = try_append(log, dialog, FactId::fresh(), actor, command).await;
            assert!(appended.is_some(), "{time}: nothing was changed by {said}");
        }
    }
}

/// A message and the archiver, begun at once; numbers of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Race {
    /// The newest one when the archiver looked.
    pub seen: u64,
    /// The message.
    pub message: u64,
    /// The archiving, if there was one.
    pub archived: Option<u64>,
}

/// So many times somebody says something in a dialog at the moment in which it is archived, over the first and the second of these
/// handles. Each of them begins first in every other race.
pub async fn race_archiver(handles: &[Log], races: usize) -> Vec<Race> {
    let (dialog, app) = (DialogId::fresh(), AppId::default_app());
    append(&handles[0], dialog, FactId::fresh(), &Actor::Host, creation()).await;
    let (member, system) = (Actor::User { id: member() }, Actor::System);
    let mut seen = 1;
    let mut outcomes = Vec::with_capacity(races);
    for number in 0..races {
        // The archiver looks at what is there; then both know the same.
        handles[1].forget_all();
        let known = handles[1].state(&app, dialog).await.expect("the log answers");
        assert_eq!(known.map(|known| known.dialog.seq), Some(seen));
        let says = try_append(&handles[0], dialog, FactId::fresh(), &member, message("hi"));
        let archives = Command::ArchiveIdle { seq: seen };
        let archives = try_append(&handles[1], dialog, FactId::fresh(), &system, archives);
        let (message, archived) = if number % 2 == 0 {
            tokio::join!(says, archives)
        } else {
            let (archived, message) = tokio::join!(archives, says);
            (message, archived)
        };
        let message = message.expect("a message always changes something");
        outcomes.push(Race {
            seen,
            message,
            archived,
        });
        seen = message;
    }
    outcomes
}

/// Append one fact that changes something.
async fn append(log: &Log, dialog: DialogId, id: FactId, actor: &Actor, command: Command) {
    let appended = try_append(log, dialog, id, actor, command).await;
    assert!(appended.is_some(), "nothing was changed");
}

/// Append one fact as an edge and its client do together: tried with the same id until it is known to be there. Its number; `None`: it
/// changes nothing.
async fn try_append(log: &Log, dialog: DialogId, id: FactId, actor: &Actor, command: Command) -> Option<u64> {
    let deadline = Instant::now() + APPEND_PATIENCE;
    loop {
        let request = AppendRequest {
            app: AppId::default_app(),
            dialog,
            id,
            at: Timestamp::now(),
            actor: actor.clone(),
            trace: None,
        };
        let decide = |state: Option<&Dialog>| decide(state, command.clone(), actor);
        match log.append(request, decide).await {
            Ok(Appended::New { fact, .. } | Appended::Repeated { fact, .. }) => return Some(fact.seq()),
            Ok(Appended::Unchanged { .. }) => return None,
            Err(AppendError::Rejected(rejection)) => panic!("refused: {rejection}"),
            Err(error) => assert!(Instant::now() < deadline, "not appended in time: {error}"),
        }
        pause_before_retry().await;
    }
}

/// Everything that the log holds, in order, from its beginning to this sequence. A cluster that has just lost its leader may not
/// answer for a moment: then it is asked again.
pub async fn read_all(broker: &Broker, last: u64) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut read = 0;
    let deadline = Instant::now() + APPEND_PATIENCE;
    while read < last {
        assert!(Instant::now() < deadline, "only {read} of {last} could be read");
        match read_on(broker, read, last).await {
            Ok(logged) => {
                for Logged { log_seq, payload, .. } in logged {
                    read = log_seq;
                    facts.push(Fact::decode(&payload).expect("only facts were appended"));
                }
            }
            Err(ReadError::Unavailable(_)) => pause_before_retry().await,
            Err(error) => panic!("the log can be read: {error}"),
        }
    }
    facts
}

/// What comes after a place of the log, up to another one.
async fn read_on(broker: &Broker, from: u64, last: u64) -> Result<Vec<Logged>, ReadError> {
    let mut reader = LogReader::open(broker, ShardId(0), from, Depth::Whole).await?;
    let mut all: Vec<Logged> = Vec::new();
    while all.last().map_or(from, |logged| logged.log_seq) < last {
        let batch = reader
            .next_batch(500, Duration::from_millis(2), Duration::from_secs(1))
            .await?;
        if batch.is_empty() {
            break;
        }
        all.extend(batch);
    }
    Ok(all)
}

fn creation() -> Command {
    Command::Create(Box::new(Creation {
        object_type: ObjectType::new("order").expect("a type"),
        object_id: ObjectId::new("1").expect("an id"),
        title: None,
        object_url: None,
        meta: None,
        created_by: None,
        participants: vec![Participant {
            user: member(),
            joined_as: JoinedAs::Participant,
            joined_at: Timestamp::now(),
            role: mtchat_protocol::Role::default(),
            profile: Profile {
                display_name: DisplayName::new("Alice").expect("a name"),
                company: None,
                email: None,
                phone: None,
            },
        }],
        access_scopes: Vec::new(),
        key: None,
    }))
}

fn message(text: &str) -> Command {
    Command::Send {
        content: RichText::sanitised(text),
        reply_to: None,
        attachments: Vec::new(),
        taken: None,
    }
}

fn member() -> UserId {
    UserId::new("alice").expect("an id")
}
