//! What hosts do is written down in a chain that nobody changes unseen.

use futures_util::future::join_all;
use http::Method;
use mtchat_protocol::{AuditAction, AuditActor, AuditEntryView, DialogId, DialogView};
use mtchat_tests::{Admin, HostApp, System};
use serde_json::json;

/// Stands in every text and name: none of it may stand in the log.
const CANARY: &str = "canary-a1b2";

async fn entries(admin: &Admin) -> Vec<AuditEntryView> {
    admin.ask(Method::GET, "/audit", "").await.data()
}

async fn dialog(admin: &Admin) -> DialogId {
    let request = json!({
        "object_type": "order", "object_id": "7", "title": CANARY,
        "participants": [{ "user_id": "alice", "display_name": CANARY, "company": CANARY }],
    });
    admin.create(&request).await.id
}

/// Whether `mtchat audit` finds all chains whole, and what it says.
async fn verified(system: &System) -> (bool, String) {
    let (status, printed) = system.program(&["audit"]).run().await;
    (status.success(), printed)
}

#[tokio::test]
async fn everything_that_a_host_does_is_written_down_without_a_text_or_a_name() {
    let system = System::start().await;
    let admin = system.admin(0);
    let id = dialog(&admin).await;
    admin.patch(id, &json!({ "title": CANARY, "frozen": true })).await;
    admin.patch(id, &json!({ "frozen": false })).await;
    admin.add(id, "bob").await;
    admin.add(id, "bob").await;
    admin.change_role(id, "bob", "moderator").await;
    admin.post(id, &json!({ "text": CANARY })).await;
    let rules = json!({ "access_scopes": [{ "tenant_uid": "acme" }] }).to_string();
    let path = format!("/dialogs/{id}/access-scopes");
    admin.ask(Method::PUT, &path, &rules).await.expect(200);
    admin
        .ask(Method::GET, &format!("/dialogs/{id}/export"), "")
        .await
        .expect(200);
    admin.remove(id, "bob").await;
    for (method, what, status) in [
        (Method::POST, "revoke", 200),
        (Method::POST, "ban", 204),
        (Method::DELETE, "ban", 204),
        (Method::DELETE, "ban", 204),
    ] {
        let body = if what == "revoke" { "{}" } else { "" };
        let path = format!("/users/bob/{what}");
        admin.ask(method, &path, body).await.expect(status);
    }
    admin.delete(id).await;

    let entries = entries(&admin).await;
    let actions: Vec<AuditAction> = entries.iter().map(|entry| entry.action).collect();
    assert_eq!(
        actions,
        [
            AuditAction::DialogCreated,
            AuditAction::DialogUpdated,
            AuditAction::DialogUpdated,
            AuditAction::ParticipantAdded,
            AuditAction::ParticipantRoleChanged,
            AuditAction::NoticePosted,
            AuditAction::ScopesReplaced,
            AuditAction::DialogExported,
            AuditAction::ParticipantRemoved,
            AuditAction::UserRevoked,
            AuditAction::UserBanned,
            AuditAction::UserUnbanned,
            AuditAction::DialogDeleted,
        ]
    );
    let seqs: Vec<u64> = entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, (1..=13).collect::<Vec<_>>());
    let added = &entries[3];
    assert_eq!(added.dialog_id, Some(id));
    assert_eq!(
        added.user_id.as_ref().map(ToString::to_string).as_deref(),
        Some("bob")
    );
    assert!(!serde_json::to_string(&entries).unwrap().contains(CANARY));
    assert_eq!(
        verified(&system).await,
        (true, "default: 13 entries, all as they were written\n".to_owned())
    );
}

#[tokio::test]
async fn an_app_sees_its_own_entries_page_by_page() {
    let system = System::start().await;
    let other = HostApp::create(&system, "other").await;
    let admin = system.admin(0);
    for _ in 0..3 {
        dialog(&admin).await;
    }
    let first = admin.ask(Method::GET, "/audit?limit=2", "").await;
    let next = first.header("Mtchat-Next-Cursor").unwrap().to_owned();
    assert_eq!(first.data::<Vec<AuditEntryView>>().len(), 2);
    let second = admin
        .ask(Method::GET, &format!("/audit?limit=2&after={next}"), "")
        .await;
    assert!(second.header("Mtchat-Next-Cursor").is_none());
    assert_eq!(second.data::<Vec<AuditEntryView>>()[0].seq, 3);
    let bearer = format!("Bearer {}", other.admin_token());
    let url = system.edge(0).url("/api/v1/management/audit");
    let headers = [("Authorization", bearer.as_str())];
    let answer = system.http().ask(Method::GET, &url, &headers, "").await.unwrap();
    let others: Vec<AuditEntryView> = answer.data();
    // Its own making, at the command line, and nothing of anybody else's.
    let actions: Vec<AuditAction> = others.iter().map(|entry| entry.action).collect();
    assert_eq!(actions, [AuditAction::AppChanged]);
    assert_eq!(others[0].actor, AuditActor::Operator);
    assert!(!others[0].details.to_string().contains(other.admin_token()));
}

#[tokio::test]
async fn the_database_refuses_to_change_it_and_who_changes_it_all_the_same_is_found_out() {
    let system = System::start().await;
    let admin = system.admin(0);
    for _ in 0..4 {
        dialog(&admin).await;
    }
    let database = system.database().await;
    for change in [
        "UPDATE audit_log SET action = 'notice_posted' WHERE seq = 3",
        "DELETE FROM audit_log WHERE seq = 4",
        "TRUNCATE audit_log",
    ] {
        let refused = database.run(change).await.unwrap_err();
        assert!(refused.contains("only added to"), "{refused}");
    }
    assert!(verified(&system).await.0);
    for (change, says) in [
        (
            "ALTER TABLE audit_log DISABLE TRIGGER ALL; DELETE FROM audit_log WHERE seq = 4",
            "BROKEN at entry 4",
        ),
        (
            "UPDATE audit_log SET at = at + interval '1 hour' WHERE seq = 2",
            "BROKEN at entry 2",
        ),
        ("DELETE FROM audit_log WHERE seq = 1", "BROKEN at entry 1"),
    ] {
        database.run(change).await.unwrap();
        let (whole, printed) = verified(&system).await;
        assert!(!whole && printed.contains(says), "{printed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_chain_stays_whole_however_many_write_at_once() {
    let system = System::with().edges(2).start().await;
    let admins = [system.admin(0), system.admin(1)];
    let bans = (0..20_usize).map(|number| {
        let admin = &admins[number % 2];
        async move {
            let path = format!("/users/user-{number}/ban");
            admin.ask(Method::POST, &path, "").await.expect(204);
        }
    });
    let dialogs = (0..20_usize).map(|number| {
        let admin = &admins[number % 2];
        async move {
            let request = json!({ "object_type": "order", "object_id": number.to_string() });
            let _: DialogView = admin.create(&request).await;
        }
    });
    futures_util::future::join(join_all(bans), join_all(dialogs)).await;
    assert_eq!(
        verified(&system).await,
        (true, "default: 40 entries, all as they were written\n".to_owned())
    );
}
