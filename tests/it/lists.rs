//! Lists of dialogs: one's own, those that one may join, and those of an object.

use std::collections::HashSet;

use http::Method;
use mtchat_protocol::{DialogItemView, TotalUnreadView};
use mtchat_tests::{Answer, System, User, token};
use serde_json::{Value, json};

async fn get(system: &System, bearer: &str, path: &str) -> Answer {
    let bearer = format!("Bearer {bearer}");
    let url = system.edge(0).url(path);
    let answer = system
        .http()
        .ask(Method::GET, &url, &[("Authorization", &bearer)], "")
        .await;
    answer.expect("the edge answers")
}

fn titles(answer: &Answer) -> Vec<String> {
    let items: Vec<DialogItemView> = answer.data();
    items
        .iter()
        .map(|item| {
            item.dialog
                .title
                .as_ref()
                .map_or_else(String::new, |title| title.as_str().to_owned())
        })
        .collect()
}

async fn dialog(system: &System, title: &str, users: &[&str], more: Value) -> Vec<User> {
    let names: Vec<String> = users.iter().map(|&user| user.to_owned()).collect();
    let mut builder = system.dialog().offline().with("title", json!(title));
    for (field, value) in more.as_object().expect("an object") {
        builder = builder.with(field, value.clone());
    }
    builder.between_all(&names).await
}

#[tokio::test]
async fn ones_own_dialogs_come_by_their_last_activity_and_nobody_elses() {
    let system = System::start().await;
    let first = dialog(&system, "first", &["alice", "bob"], json!({})).await;
    dialog(&system, "second", &["alice"], json!({})).await;
    dialog(&system, "foreign", &["carol"], json!({})).await;
    assert_eq!(
        titles(&get(&system, &token::of("alice"), "/api/v1/dialogs").await),
        ["second", "first"]
    );
    first[1].send("hello").await;
    let answer = get(&system, &token::of("alice"), "/api/v1/dialogs?type=participating").await;
    assert_eq!(titles(&answer), ["first", "second"]);
    let items: Vec<DialogItemView> = answer.data();
    assert_eq!(items[0].unread_count, Some(1));
    assert_eq!(items[0].last_message.as_ref().unwrap().content.as_str(), "hello");
    assert_eq!(
        (
            items[0].participants_count,
            items[0].i_am_participant,
            items[0].can_join
        ),
        (2, true, false)
    );
    let unread: TotalUnreadView = get(&system, &token::of("alice"), "/api/v1/unread").await.data();
    assert_eq!((unread.unread_count, unread.dialogs), (1, 1));
    assert_eq!(
        titles(&get(&system, &token::of("alice"), "/api/v1/dialogs?unread=true").await),
        ["first"]
    );
    let nothing: TotalUnreadView = get(&system, &token::of("mallory"), "/api/v1/unread").await.data();
    assert_eq!((nothing.unread_count, nothing.dialogs), (0, 0));
    assert!(titles(&get(&system, &token::of("mallory"), "/api/v1/dialogs").await).is_empty());
}

#[tokio::test]
async fn paging_shows_every_dialog_once() {
    let system = System::start().await;
    for number in 0..7 {
        dialog(&system, &number.to_string(), &["alice"], json!({})).await;
    }
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/dialogs?limit=3{cursor}");
        let answer = get(&system, &token::of("alice"), &path).await;
        seen.extend(titles(&answer));
        match answer.header("mtchat-next-cursor") {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["6", "5", "4", "3", "2", "1", "0"]);
    let skipped = get(&system, &token::of("alice"), "/api/v1/dialogs?limit=2&offset=3").await;
    assert_eq!(titles(&skipped), ["3", "2"]);
    for (query, size) in [("limit=0", 1), ("limit=-1", 1), ("limit=1000000000", 7)] {
        let answer = get(&system, &token::of("alice"), &format!("/api/v1/dialogs?{query}")).await;
        assert_eq!(titles(&answer).len(), size, "{query}");
    }
    for query in [
        "cursor=x",
        "cursor=0.1.2",
        "offset=-1",
        "limit=x",
        "type=all",
        "archived=maybe",
    ] {
        let answer = get(&system, &token::of("alice"), &format!("/api/v1/dialogs?{query}")).await;
        assert_eq!(answer.status.as_u16(), 400, "{query}: {answer}");
    }
}

#[tokio::test]
async fn what_one_may_join_is_what_the_scopes_match() {
    let system = System::start().await;
    let rules = |rules: Value| json!({ "access_scopes": rules });
    dialog(
        &system,
        "acme",
        &["alice"],
        rules(json!([{ "scope_level0": ["acme"] }])),
    )
    .await;
    dialog(
        &system,
        "sales",
        &["alice"],
        rules(json!([{ "scope_level0": ["acme"], "scope_level1": ["sales"] }])),
    )
    .await;
    dialog(
        &system,
        "two",
        &["alice"],
        rules(json!([{ "scope_level0": ["x"] }, { "scope_level0": ["umbrella"] }])),
    )
    .await;
    dialog(&system, "closed", &["alice"], json!({})).await;
    let available = async |user: &str, tenants: &[&str]| {
        let bearer = token::scoped(user, tenants);
        let mut found = titles(&get(&system, &bearer, "/api/v1/dialogs?type=available").await);
        found.sort();
        found
    };
    assert_eq!(available("carol", &["acme"]).await, ["acme"]);
    assert_eq!(available("carol", &["umbrella", "acme"]).await, ["acme", "two"]);
    assert!(available("alice", &["acme"]).await.is_empty());
    assert!(available("carol", &["other"]).await.is_empty());
    let nobody = get(&system, &token::of("carol"), "/api/v1/dialogs?type=available").await;
    assert!(titles(&nobody).is_empty());
    let items: Vec<DialogItemView> = get(
        &system,
        &token::scoped("carol", &["acme"]),
        "/api/v1/dialogs?type=available",
    )
    .await
    .data();
    assert_eq!((items[0].i_am_participant, items[0].can_join), (false, true));
    assert_eq!((&items[0].unread_count, &items[0].last_message), (&None, &None));
}

#[tokio::test]
async fn a_list_is_searched_by_title_and_company_and_wildcards_are_letters() {
    let system = System::start().await;
    dialog(&system, "Liefervertrag ÄÖ 100%", &["alice"], json!({})).await;
    dialog(&system, "other", &["alice", "bob"], json!({})).await;
    let search = async |text: &str| {
        let query: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let path = format!("/api/v1/dialogs?search={query}");
        titles(&get(&system, &token::of("alice"), &path).await)
    };
    assert_eq!(search("vertrag äö").await, ["Liefervertrag ÄÖ 100%"]);
    assert_eq!(search("0%").await, ["Liefervertrag ÄÖ 100%"]);
    assert!(search("1_0").await.is_empty());
    assert!(search("\\").await.is_empty());
    assert_eq!(
        search("acM").await.len(),
        2,
        "the company of the harness's people is Acme"
    );
    assert_eq!(search(" ").await.len(), 2);
    let company = get(&system, &token::of("alice"), "/api/v1/dialogs?company=Acme").await;
    assert_eq!(titles(&company), ["other"]);
    let long = format!("/api/v1/dialogs?search={}", "x".repeat(201));
    assert_eq!(
        get(&system, &token::of("alice"), &long).await.status.as_u16(),
        400
    );
}

#[tokio::test]
async fn the_dialogs_of_an_object_are_its_newest_first() {
    let system = System::start().await;
    let object = json!({ "object_type": "заказ/1", "object_id": "a b/c?%" });
    let with = |more: Value| {
        let mut all = object.clone();
        all.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        all
    };
    dialog(&system, "own", &["alice"], object.clone()).await;
    dialog(
        &system,
        "open",
        &["bob"],
        with(json!({ "access_scopes": [{ "tenant_uid": "acme" }] })),
    )
    .await;
    dialog(&system, "hidden", &["bob"], object.clone()).await;
    let encoded: String = "заказ/1".bytes().map(|byte| format!("%{byte:02X}")).collect();
    let path = format!("/api/v1/dialogs/by-object/{encoded}/a%20b%2Fc%3F%25");
    let bearer = token::scoped("alice", &["acme"]);
    assert_eq!(
        titles(&get(&system, &bearer, &format!("{path}/list")).await),
        ["open", "own"]
    );
    assert_eq!(
        titles(&get(&system, &bearer, &format!("{path}/list?type=participating")).await),
        ["own"]
    );
    assert_eq!(
        titles(&get(&system, &bearer, &format!("{path}/list?type=available")).await),
        ["open"]
    );
    assert_eq!(
        titles(&get(&system, &bearer, &format!("{path}/list?archived=true")).await),
        ["open"]
    );
    assert_eq!(
        get(&system, &bearer, &format!("{path}/list?type=x"))
            .await
            .status
            .as_u16(),
        400
    );
    let newest: Option<DialogItemView> = get(&system, &bearer, &path).await.data();
    assert_eq!(newest.unwrap().dialog.title.unwrap().as_str(), "open");
    let none = get(&system, &token::of("mallory"), &path).await;
    assert_eq!(none.json::<Value>(), json!({ "data": null }));
    assert!(titles(&get(&system, &token::of("mallory"), &format!("{path}/list")).await).is_empty());
}

#[tokio::test]
async fn whoever_asks_with_a_scope_sees_of_what_has_rules_only_what_it_matches() {
    let system = System::start().await;
    dialog(
        &system,
        "acme",
        &["alice"],
        json!({ "access_scopes": [{ "tenant_uid": "acme" }] }),
    )
    .await;
    dialog(
        &system,
        "umbrella",
        &["alice"],
        json!({ "access_scopes": [{ "tenant_uid": "umbrella" }] }),
    )
    .await;
    dialog(&system, "unruled", &["alice"], json!({})).await;
    let bearer = format!("Bearer {}", token::scoped("alice", &["acme", "umbrella"]));
    // {"scope_level0":["acme"]}
    let asked = [
        ("Authorization", bearer.as_str()),
        ("X-Scope-Config", "eyJzY29wZV9sZXZlbDAiOlsiYWNtZSJdfQ=="),
    ];
    let url = system.edge(0).url("/api/v1/dialogs");
    let narrowed = system.http().ask(Method::GET, &url, &asked, "").await.unwrap();
    assert_eq!(
        titles(&narrowed).into_iter().collect::<HashSet<_>>(),
        HashSet::from(["acme".to_owned(), "unruled".to_owned()])
    );
    let all = system
        .http()
        .ask(Method::GET, &url, &asked[..1], "")
        .await
        .unwrap();
    assert_eq!(titles(&all).len(), 3);
}
