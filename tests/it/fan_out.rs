//! Who hears of a message, over several edges.

use mtchat_tests::System;

#[tokio::test]
async fn a_message_posted_at_one_edge_reaches_a_socket_at_another() {
    let system = System::with().edges(2).workers(2).start().await;
    let [alice, bob] = system.dialog().on_edges([0, 1]).between(["alice", "bob"]).await;
    alice.send("from the first").await;
    bob.sees("from the first").await;
    bob.send("from the second").await;
    alice.sees(["from the first", "from the second"]).await;
}

#[tokio::test]
async fn each_of_three_sockets_on_two_edges_gets_each_frame_once_and_nobody_else_a_byte() {
    let system = System::with().edges(2).workers(2).start().await;
    let [alice, bob] = system.dialog().on_edges([0, 1]).between(["alice", "bob"]).await;
    let [mallory, trent] = system
        .dialog()
        .on_edges([0, 1])
        .between(["mallory", "trent"])
        .await;
    let devices = [
        bob.device().clone(),
        bob.another_device(0).await,
        bob.another_device(1).await,
    ];

    let texts: Vec<String> = (0..20).map(|number| format!("secret {number}")).collect();
    for text in &texts {
        alice.send_accepted(text).await;
    }
    for device in &devices {
        device.sees(&texts).await;
    }
    // What is sent after it comes after it: had anything gone astray, it would have come first.
    mallory.hears_nothing_else().await;
    trent.sees(mallory.device().messages()[0].content.as_str()).await;
    trent.hears_nothing_else().await;
    alice.send("the end").await;
    for device in &devices {
        device.sees(&["the end".to_owned()]).await;
    }
}

#[tokio::test]
async fn a_large_dialog_whose_heads_carry_no_members_reaches_everybody() {
    let system = System::with().edges(2).start().await;
    let names: Vec<String> = (0..130).map(|number| format!("member-{number}")).collect();
    let members = system.dialog().on_edges([0, 1]).between_all(&names).await;
    let [mallory] = system.dialog().between(["mallory"]).await;
    members[0].send("to all").await;
    members[129].send("back").await;
    for member in &members {
        member.sees(["to all", "back"]).await;
    }
    mallory.hears_nothing_else().await;
}
