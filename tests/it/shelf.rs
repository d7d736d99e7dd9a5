//! What an edge remembers of a user's list is what the database says, whatever happened where.

use fastrand::Rng;
use http::Method;
use mtchat_protocol::{DialogId, DialogItemView, TotalUnreadView};
use mtchat_tests::{Answer, System, User};
use serde_json::json;

const STEPS: usize = 160;
const NAMES: [&str; 3] = ["alice", "bob", "carol"];

async fn list(user: &User, query: &str) -> Vec<DialogItemView> {
    let path = format!("/api/v1/dialogs?limit=100{query}");
    user.ask(Method::GET, &path, "").await.expect(200).data()
}

/// The remembered list, page by page.
async fn paged(user: &User) -> Vec<DialogId> {
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/dialogs?limit=3{cursor}");
        let answer: Answer = user.ask(Method::GET, &path, "").await.expect(200);
        ids.extend(
            answer
                .data::<Vec<DialogItemView>>()
                .iter()
                .map(|item| item.dialog.id),
        );
        let Some(next) = answer.header("mtchat-next-cursor") else {
            return ids;
        };
        cursor = format!("&cursor={next}");
    }
}

/// A filter that lets everything through is answered by the database alone.
async fn agrees(user: &User, what: &str) {
    for archived in ["", "&archived=false", "&archived=true"] {
        let remembered = list(user, archived).await;
        let told = list(user, &format!("{archived}&object_type=order")).await;
        assert_eq!(remembered, told, "{what}, {}{archived}", user.id());
        if archived.is_empty() {
            let unread = told.iter().filter_map(|item| item.unread_count);
            let expected = TotalUnreadView {
                unread_count: unread.clone().sum(),
                dialogs: unread.filter(|unread| *unread > 0).count() as u64,
            };
            let total: TotalUnreadView = user.ask(Method::GET, "/api/v1/unread", "").await.data();
            assert_eq!(total, expected, "{what}, {}", user.id());
            let ids: Vec<DialogId> = told.iter().map(|item| item.dialog.id).collect();
            assert_eq!(paged(user).await, ids, "{what}, {}", user.id());
        }
    }
}

/// One thing that happens to one dialog; refusals are fine.
async fn step(system: &System, users: &[User], dialog: DialogId, rng: &mut Rng) -> String {
    let user = &users[rng.usize(..users.len())];
    let admin = system.admin(rng.usize(..2));
    let (path, name) = (format!("/api/v1/dialogs/{dialog}"), user.id());
    let newest = async || {
        let page = user
            .ask(Method::GET, &format!("{path}/messages?limit=5"), "")
            .await;
        let page: serde_json::Value = serde_json::from_slice(&page.body).unwrap_or_default();
        page["data"]["messages"][0]["id"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let kind = rng.u8(..12);
    let what = format!("step {kind} of {name} in {dialog}");
    match kind {
        0..=3 => {
            let body = json!({ "content": "hi" }).to_string();
            user.ask(Method::POST, &format!("{path}/messages"), &body).await;
        }
        4 => {
            let body = json!({ "last_read_message_id": newest().await }).to_string();
            user.ask(Method::POST, &format!("{path}/read"), &body).await;
        }
        5 => {
            let body = json!({ "message_id": newest().await }).to_string();
            user.ask(Method::POST, &format!("{path}/unread"), &body).await;
        }
        6 => drop(
            user.ask(Method::DELETE, &format!("{path}/messages/{}", newest().await), "")
                .await,
        ),
        7 => {
            let verb = ["archive", "unarchive", "pin", "unpin"][rng.usize(..4)];
            user.ask(Method::POST, &format!("{path}/{verb}"), "").await;
        }
        8 => drop(user.ask(Method::POST, &format!("{path}/leave"), "").await),
        9 => admin.add(dialog, name).await,
        10 => {
            let body = json!({ "text": "the host says" }).to_string();
            admin
                .ask(Method::POST, &format!("/dialogs/{dialog}/messages"), &body)
                .await;
        }
        _ => {
            admin
                .patch(dialog, &json!({ "title": format!("{}", rng.u32(..)) }))
                .await;
        }
    }
    what
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_remembered_list_is_the_databases_on_every_edge_after_every_step() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut rng = Rng::with_seed(seed);
    let system = System::with().edges(2).start().await;
    let mut dialogs = Vec::new();
    let mut users = Vec::new();
    for _ in 0..7 {
        users = system
            .dialog()
            .offline()
            .between_all(&NAMES.map(str::to_owned))
            .await;
        dialogs.push(users[0].dialog());
    }
    for number in 0..STEPS {
        let dialog = dialogs[rng.usize(..dialogs.len())];
        for user in &users {
            user.use_edge(rng.usize(..2));
        }
        let what = step(&system, &users, dialog, &mut rng).await;
        let user = &users[rng.usize(..users.len())];
        agrees(user, &format!("seed {seed}, number {number}: {what}")).await;
    }
    system.admin(0).delete(dialogs[0]).await;
    for user in &users {
        agrees(user, &format!("seed {seed}, after a deletion")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_remembered_list_survives_a_broker_that_was_away() {
    let mut system = System::start().await;
    let [alice, bob] = system.dialog().offline().between(["alice", "bob"]).await;
    alice.send("one").await;
    agrees(&bob, "before").await;
    system.nats().kill().await;
    system.nats().restart().await.unwrap();
    alice.send("two").await;
    agrees(&bob, "after").await;
}
