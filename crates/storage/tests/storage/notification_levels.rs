//! Of what members are to be told who do not want to be told of everything.

use std::collections::BTreeSet;

use mtchat_domain::{Command, MOST_PUT_OFF, OwnCommand, Place, Verdict, verdict};
use mtchat_protocol::{AppId, DialogId, MessageId, NotificationLevel, RichText};
use mtchat_storage::NoticeClaim;

use crate::support::{
    Database, SHARD,
    history::{History, user},
};

struct Levels {
    database: Database,
    history: History,
    dialog: DialogId,
}

/// Who is told: of how many messages, which of them is shown, and whether they are mentioned or answered.
type Told = (String, u64, MessageId, bool, bool);

impl Levels {
    async fn begin(people: &[&str]) -> Self {
        let database = Database::start().await;
        let mut history = History::default();
        let dialog = history.create(people);
        Self {
            database,
            history,
            dialog,
        }
    }

    fn wants(&mut self, name: &str, level: NotificationLevel) {
        self.history
            .own(name, self.dialog, OwnCommand::Notifications(level));
    }

    fn says(&mut self, name: &str, text: &str) -> MessageId {
        self.history.send(name, self.dialog, text)
    }

    fn answers(&mut self, name: &str, message: MessageId) -> MessageId {
        let command = Command::Send {
            content: RichText::sanitised("an answer"),
            reply_to: Some(message),
            attachments: Vec::new(),
            taken: None,
        };
        self.history.by(name, self.dialog, command);
        self.history.last_message()
    }

    /// A whole answer to the dialog's timer, and who is told, in the order of their names.
    async fn tells(&self) -> Vec<Told> {
        let storage = &self.database.storage;
        let at = storage.projection(SHARD).await.unwrap().unwrap();
        storage.apply(&at, &self.history.entries).await.unwrap();
        let end = self.history.entries.last().unwrap().log_seq;
        let dialogs = [(AppId::default_app(), self.dialog)];
        let claims = storage.claim_notices(SHARD, &dialogs, end).await.unwrap();
        let mut members = storage.unnotified(&claims, 100).await.unwrap();
        storage.notified(&members).await.unwrap();
        storage.settle_notices(&dialogs, end).await.unwrap();
        members.sort_unstable_by(|one, other| one.user.cmp(&other.user));
        let wanting = members
            .into_iter()
            .filter(|member| verdict(member.level, member.mentioned || member.replied) == Verdict::Tell);
        let told = wanting.map(|member| {
            (
                member.user.as_str().to_owned(),
                member.unread_count,
                member.message.id,
                member.mentioned,
                member.replied,
            )
        });
        told.collect()
    }
}

fn mention(name: &str) -> String {
    format!(r#"<span data-type="mention" data-id="{name}">@{name}</span>"#)
}

fn told(name: &str, unread: u64, shown: MessageId, mentioned: bool, replied: bool) -> Told {
    (name.to_owned(), unread, shown, mentioned, replied)
}

#[tokio::test]
async fn each_level_is_told_of_its_messages() {
    let mut it = Levels::begin(&["alice", "bob", "carol", "dan"]).await;
    it.wants("carol", NotificationLevel::Mentions);
    it.wants("dan", NotificationLevel::None);
    let first = it.says("alice", "to nobody in particular");
    assert_eq!(it.tells().await, [told("bob", 1, first, false, false)]);

    // Mentioned is whoever is mentioned by any of what is new; whoever wants only that is shown the newest of those.
    let meant = it.says("alice", &(mention("carol") + &mention("dan") + &mention("bob")));
    let last = it.says("alice", "to nobody in particular");
    assert_eq!(
        it.tells().await,
        [
            told("bob", 3, last, true, false),
            told("carol", 3, meant, true, false)
        ]
    );
    // What they were told of is not what is new.
    let more = it.says("alice", "more");
    assert_eq!(it.tells().await, [told("bob", 4, more, false, false)]);

    // What was passed over stays so.
    it.wants("carol", NotificationLevel::All);
    it.wants("dan", NotificationLevel::Mentions);
    assert_eq!(it.tells().await, []);
    let last = it.says("bob", &mention("dan"));
    assert_eq!(
        it.tells().await,
        [
            told("alice", 1, last, false, false),
            told("carol", 5, last, false, false),
            told("dan", 5, last, true, false)
        ]
    );
}

#[tokio::test]
async fn whoever_is_answered_is_told_also_when_the_answered_message_is_gone() {
    let mut it = Levels::begin(&["alice", "bob", "carol"]).await;
    it.wants("bob", NotificationLevel::Mentions);
    it.wants("carol", NotificationLevel::Mentions);
    let question = it.says("bob", "a question");
    it.tells().await;
    let answer = it.answers("alice", question);
    it.says("alice", "and more");
    assert_eq!(it.tells().await, [told("bob", 2, answer, false, true)]);
    it.history.delete_message("bob", it.dialog, question);
    let answer = it.answers("alice", question);
    assert_eq!(it.tells().await, [told("bob", 3, answer, false, true)]);
    // An answer to oneself is nobody's news.
    let own = it.says("carol", "a thought");
    it.answers("carol", own);
    let told: Vec<String> = it.tells().await.into_iter().map(|told| told.0).collect();
    assert_eq!(told, ["alice"]);
}

#[tokio::test]
async fn an_edit_changes_whom_a_message_mentions_and_tells_nobody_again() {
    let mut it = Levels::begin(&["alice", "bob", "carol"]).await;
    it.wants("bob", NotificationLevel::Mentions);
    it.wants("carol", NotificationLevel::Mentions);
    let message = it.says("alice", &mention("bob"));
    it.history.edit("alice", it.dialog, message, &mention("carol"));
    assert_eq!(it.tells().await, [told("carol", 1, message, true, false)]);
    it.history.edit("alice", it.dialog, message, &mention("bob"));
    assert_eq!(it.tells().await, [], "bob was passed over");

    // Two edits in one batch: the last one counts. What is deleted mentions nobody.
    let one = it.says("alice", "one");
    let two = it.says("alice", &mention("bob"));
    it.history.edit("alice", it.dialog, one, &mention("bob"));
    it.history.edit("alice", it.dialog, one, &mention("carol"));
    it.history.delete_message("alice", it.dialog, two);
    assert_eq!(it.tells().await, [told("carol", 2, one, true, false)]);
}

#[tokio::test]
async fn whoever_comes_back_wants_to_be_told_of_everything() {
    let mut it = Levels::begin(&["alice", "bob"]).await;
    it.wants("bob", NotificationLevel::Mentions);
    it.history.by("bob", it.dialog, Command::Leave);
    let came = crate::support::history::participant("bob", mtchat_protocol::JoinedAs::Participant);
    it.history
        .host(&AppId::default_app(), it.dialog, Command::AddParticipant(came));
    let message = it.says("alice", "welcome");
    assert_eq!(it.tells().await, [told("bob", 1, message, false, false)]);
}

#[tokio::test]
async fn what_was_read_is_not_told_though_it_mentions_somebody() {
    let mut it = Levels::begin(&["alice", "bob"]).await;
    it.wants("bob", NotificationLevel::Mentions);
    let message_id = it.says("alice", &mention("bob"));
    let state = &it.history.dialogs[&(AppId::default_app(), it.dialog)].state;
    let place = Place {
        message_id,
        seq: state.seq,
        count: state.count,
        unread_count: 0,
    };
    it.history.own("bob", it.dialog, OwnCommand::Read(place));
    it.says("alice", "to nobody in particular");
    assert_eq!(it.tells().await, []);
}

#[tokio::test]
async fn whoever_is_put_off_is_told_by_a_later_answer_and_not_by_one_that_is_given_again() {
    let mut it = Levels::begin(&["alice", "bob", "carol", "dan"]).await;
    it.wants("dan", NotificationLevel::None);
    it.says("alice", "one");
    let storage = &it.database.storage;
    let at = storage.projection(SHARD).await.unwrap().unwrap();
    storage.apply(&at, &it.history.entries).await.unwrap();
    let end = it.history.entries.last().unwrap().log_seq;
    let place = (AppId::default_app(), it.dialog);
    let dialogs = std::slice::from_ref(&place);
    let begin = async || {
        let mut claims = storage.claim_notices(SHARD, dialogs, end).await.unwrap();
        claims[0].put_off = ["bob", "dan", "nobody"].map(user).to_vec();
        claims
    };
    let names = async |claims: &[NoticeClaim]| {
        let members = storage.unnotified(claims, 100).await.unwrap();
        storage.notified(&members).await.unwrap();
        let names = members.iter().map(|member| member.user.as_str().to_owned());
        names.collect::<BTreeSet<String>>()
    };
    // Whoever does not want to be told is passed over as ever.
    let claims = begin().await;
    assert!(claims[0].may_put_off);
    assert_eq!(
        names(&claims[..]).await,
        BTreeSet::from(["carol", "dan"].map(str::to_owned))
    );
    assert!(!begin().await[0].may_put_off, "the same answer once more");
    assert_eq!(storage.put_off_notices(&claims).await.unwrap(), dialogs);

    // Another answer, about the same messages; after some of them it is enough.
    for _ in 1..MOST_PUT_OFF {
        let claims = begin().await;
        assert!(claims[0].may_put_off);
        assert_eq!(names(&claims[..]).await, BTreeSet::new());
        assert_eq!(storage.put_off_notices(&claims).await.unwrap(), dialogs);
    }
    let mut claims = begin().await;
    assert!(!claims[0].may_put_off);
    claims[0].put_off.clear();
    assert_eq!(names(&claims[..]).await, BTreeSet::from(["bob".to_owned()]));
    let claims = begin().await;
    assert_eq!(
        storage.put_off_notices(&claims).await.unwrap(),
        [],
        "nothing is new to them"
    );
    storage.settle_notices(dialogs, end).await.unwrap();
    assert!(begin().await[0].may_put_off, "it begins anew");
}
