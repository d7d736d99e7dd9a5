use serde_json::json;

use super::*;

fn read(body: Value) -> Result<Creation, Invalid> {
    creation(serde_json::from_value(body).unwrap(), Timestamp::from_micros(0))
}

fn with(field: &str, value: Value) -> Result<Creation, Invalid> {
    let mut body = json!({ "object_id": "7", "object_type": "order" });
    body[field] = value;
    read(body)
}

fn roles(creation: &Creation) -> Vec<(&str, JoinedAs)> {
    creation
        .participants
        .iter()
        .map(|one| (one.user.as_str(), one.joined_as))
        .collect()
}

#[test]
fn the_first_participant_is_the_creator_unless_said_otherwise() {
    let first = with(
        "participants",
        json!(["a", { "user_id": "b", "display_name": "B" }]),
    )
    .unwrap();
    assert_eq!(
        roles(&first),
        [("a", JoinedAs::Creator), ("b", JoinedAs::Participant)]
    );
    assert_eq!(first.created_by.as_ref().unwrap().as_str(), "a");
    assert_eq!(first.participants[0].profile.display_name.as_str(), "a");

    let named = json!([
        { "user_id": "a", "display_name": "A" },
        { "user_id": "b", "display_name": "B", "joined_as": "creator" }
    ]);
    let named = with("participants", named).unwrap();
    assert_eq!(
        roles(&named),
        [("a", JoinedAs::Participant), ("b", JoinedAs::Creator)]
    );

    let mut body = json!({ "object_id": "7", "object_type": "order", "created_by": "b" });
    body["participants"] = json!(["a", "b"]);
    let said = read(body).unwrap();
    assert_eq!(
        roles(&said),
        [("a", JoinedAs::Participant), ("b", JoinedAs::Creator)]
    );
    assert_eq!(said.created_by.unwrap().as_str(), "b");
}

#[test]
fn nobody_is_a_fine_beginning() {
    let nobody = with("participants", json!([])).unwrap();
    assert!(nobody.participants.is_empty());
    assert!(nobody.created_by.is_none());
}

#[test]
fn broken_rules_name_their_field() {
    let refused = |field, value| with(field, value).unwrap_err().field;
    assert_eq!(refused("participants", json!(["a", "a"])), "participants");
    assert_eq!(refused("participants", json!([""])), "display_name");
    assert_eq!(
        refused("participants", json!([{ "user_id": "", "display_name": "A" }])),
        "user_id"
    );
    assert_eq!(
        refused("participants", json!([{ "user_id": "a", "display_name": " " }])),
        "display_name"
    );
    assert_eq!(refused("participants", json!(vec!["a"; 1_001])), "participants");
    assert_eq!(refused("object_id", json!("")), "object_id");
    assert_eq!(refused("object_type", json!("x".repeat(256))), "object_type");
    assert_eq!(refused("title", json!("x".repeat(501))), "title");
    assert_eq!(refused("created_by", json!("")), "created_by");
    assert_eq!(
        refused("access_scopes", json!([{ "scope_level0": [""] }])),
        "scope value"
    );
    assert_eq!(
        refused("access_scopes", json!(vec![json!({}); 101])),
        "access_scopes"
    );
    assert_eq!(refused("meta", json!("x".repeat(16 * 1024))), "meta");
    assert_eq!(refused("meta", json!({ "a": ["\0"] })), "meta");
}

#[test]
fn every_spelling_of_a_rule_is_read() {
    let scopes = json!([{ "tenant_uid": "t" }, { "scopeLevel0": ["t"], "scopeLevel1": ["d"] }]);
    let rules = with("access_scopes", scopes).unwrap().access_scopes;
    assert_eq!(rules[0].scopes.scope_level0, rules[1].scopes.scope_level0);
    assert_eq!(rules[1].scopes.scope_level1[0].as_str(), "d");
    assert_ne!(rules[0].id, rules[1].id);
}
