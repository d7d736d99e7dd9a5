//! Services of hosts on the broker: they read the facts of their app, from wherever they like, and nothing else.

#[path = "../../nats/examples/rust/consumer.rs"]
mod consumer;

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use async_nats::{Client, ConnectOptions, HeaderMap};
use consumer::{Handled, consume};
use futures_util::StreamExt;
use mtchat_tests::{HostApp, PATIENCE, System, eventually, within};
use serde_json::{Value, json};
use tokio::process::{Child, Command};

/// How long the client of the refused waits for an answer that does not come.
const SILENCE: Duration = Duration::from_millis(300);

/// After so long what was given and not acknowledged is given again: so long a fact may wait that was given to a client that has just gone.
const AGAIN: Duration = Duration::from_secs(30);

fn directory(system: &System) -> PathBuf {
    system.directory().join("hosts")
}

/// `mtchat app <verb> <app> …`, which prints `<NAME>=<value>` in its first line.
pub(crate) async fn grant(system: &System, verb: &str, arguments: &[&str]) -> String {
    let directory = directory(system);
    let place = directory.to_str().unwrap();
    let all = [&["app", verb], arguments, &["--server-config", place]].concat();
    let log = system
        .directory()
        .join(format!("grant-{}.log", fastrand::u64(..)));
    let (status, printed) = system.program(&all).into_file(log).run().await;
    assert!(status.success(), "{printed}");
    let (_, value) = printed.lines().next().unwrap().split_once('=').unwrap();
    value.to_owned()
}

/// The broker reads its configuration again, in the hardest way.
pub(crate) async fn takes_effect(system: &mut System) {
    system.nats().restart().await.unwrap();
}

async fn facts(system: &System, seed: &str, name: &str, count: usize) -> Vec<Value> {
    let (mut handled, mut seen) = (Handled::default(), Vec::new());
    let url = system.nats_url();
    let read = consume(&url, seed, name, &mut handled, |fact| {
        seen.push(fact.clone());
        seen.len() < count
    });
    within("the facts", AGAIN + PATIENCE, read).await.unwrap();
    seen
}

fn texts(facts: &[Value]) -> Vec<&str> {
    facts
        .iter()
        .filter_map(|fact| fact["data"]["content"].as_str())
        .collect()
}

#[tokio::test]
async fn a_service_reads_from_the_first_fact_or_a_moment_and_what_it_asked_for() {
    let mut system = System::with().hosts().start().await;
    let seed = grant(&system, "nats-credentials", &["default"]).await;
    let [alice, bob] = system.dialog().offline().between(["alice", "bob"]).await;
    alice.send("one").await;
    let later = bob.send("two").await;
    bob.send("three").await;
    let all = ["default", "all"];
    assert_eq!(grant(&system, "nats-consumer", &all).await, "default:all");
    let since = later.sent_at.to_string();
    let since = ["default", "since", "--from", &since, "--kind", "message_created"];
    grant(&system, "nats-consumer", &since).await;
    takes_effect(&mut system).await;

    let first = facts(&system, &seed, "default:all", 4).await;
    assert_eq!(first[0]["kind"], "dialog_created");
    assert_eq!(texts(&first), ["one", "two", "three"]);
    // They are acknowledged, so whoever comes again goes on behind them.
    alice.send("four").await;
    assert_eq!(texts(&facts(&system, &seed, "default:all", 1).await), ["four"]);
    // The log has a fact a little later than it was decided, so the moment lets the one of that moment in.
    assert_eq!(
        texts(&facts(&system, &seed, "default:since", 3).await),
        ["two", "three", "four"]
    );
}

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// An example in another language, which prints a line for each fact.
fn example(system: &System, program: &str, script: &str, seed: &str, name: &str) -> (Child, PathBuf) {
    let python = repository().join(".tools/host-example-python");
    let node = repository().join("nats/examples/node/node_modules");
    for needed in [&python, &node] {
        assert!(
            needed.is_dir(),
            "`tools/host_examples.py` first: {} is missing",
            needed.display()
        );
    }
    let output = system.directory().join(format!("{program}.out"));
    let open = || {
        let options = std::fs::File::options().create(true).append(true).open(&output);
        options.unwrap()
    };
    let child = Command::new(program)
        .arg(repository().join("nats/examples").join(script))
        .env("PYTHONPATH", &python)
        .env("NATS_URL", system.nats_url())
        .env("NATS_NKEY_SEED", seed)
        .env("NATS_CONSUMER", name)
        .env("HANDLED", system.directory().join(format!("{program}.handled")))
        .stdin(Stdio::null())
        .stdout(open())
        .stderr(open())
        .kill_on_drop(true)
        .spawn()
        .expect(program);
    (child, output)
}

/// Until an example has printed these texts, each once and in this order.
async fn prints(output: &Path, expected: &[&str]) {
    let complete = async || {
        let printed = std::fs::read_to_string(output).unwrap_or_default();
        let facts: Vec<Value> = printed
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        let texts: Vec<&str> = facts.iter().filter_map(|fact| fact["text"].as_str()).collect();
        (texts == expected).then_some(())
    };
    eventually(
        "the example to print every text once",
        Duration::from_secs(60),
        complete,
    )
    .await;
}

async fn example_goes_on(program: &str, script: &str) {
    let mut system = System::with().hosts().start().await;
    let seed = grant(&system, "nats-credentials", &["default"]).await;
    let only = ["default", "only", "--kind", "message_created"];
    let name = grant(&system, "nats-consumer", &only).await;
    takes_effect(&mut system).await;
    let [alice, bob] = system.dialog().offline().between(["alice", "bob"]).await;
    alice.send("one").await;
    let (mut running, output) = example(&system, program, script, &seed, &name);
    prints(&output, &["one"]).await;
    // The broker crashes under it.
    system.nats().kill().await;
    system.nats().restart().await.unwrap();
    bob.send("two").await;
    prints(&output, &["one", "two"]).await;
    // It crashes itself, and goes on where it was.
    running.kill().await.unwrap();
    alice.send("three").await;
    let (_running, output) = example(&system, program, script, &seed, &name);
    prints(&output, &["one", "two", "three"]).await;
}

#[tokio::test]
async fn the_example_in_node_goes_on_after_the_broker_and_itself_have_crashed() {
    example_goes_on("node", "node/consumer.mjs").await;
}

#[tokio::test]
async fn the_example_in_python_goes_on_after_the_broker_and_itself_have_crashed() {
    example_goes_on("python3", "python/consumer.py").await;
}

/// Two apps whose services may come, each with a consumer of the same name, and a fact of each.
struct Two {
    system: System,
    own: Client,
    seed: String,
}

async fn two() -> Two {
    // Nobody is told of what is not read while this lasts: that would be a fact.
    let system = System::with().variable("NOTIFICATION_DELAY_SECS", "600");
    let mut system = system.hosts().start().await;
    HostApp::create(&system, "rival").await;
    let mut seeds = Vec::new();
    for app in ["default", "rival"] {
        seeds.push(grant(&system, "nats-credentials", &[app]).await);
        grant(&system, "nats-consumer", &[app, "orders"]).await;
    }
    takes_effect(&mut system).await;
    let [alice, _] = system.dialog().offline().between(["alice", "bob"]).await;
    alice.send("secret").await;
    let seed = seeds.pop().unwrap();
    let options = ConnectOptions::new()
        .nkey(seed.clone())
        .request_timeout(Some(SILENCE));
    let own = options.connect(system.nats_url()).await.unwrap();
    Two { system, own, seed }
}

/// How many messages the log has. Nobody has made a stream or taken a consumer away.
async fn logged(system: &System) -> u64 {
    let client = async_nats::connect(system.nats_url()).await.unwrap();
    let jetstream = async_nats::jetstream::new(client);
    assert!(jetstream.get_stream("MINE").await.is_err());
    let log = jetstream.get_stream("MTCHAT_LOG_0").await.unwrap();
    for consumer in ["default:orders", "rival:orders"] {
        log.consumer_info(consumer).await.unwrap();
    }
    log.cached_info().state.messages
}

/// A77, A78: `rival` asks for all that is not its own.
#[tokio::test]
async fn a_service_of_an_app_is_refused_everything_but_its_own_consumers() {
    let Two { system, own, .. } = two().await;
    let before = logged(&system).await;
    let (stream, other) = ("MTCHAT_LOG_0", "default:orders");
    let mut calls: Vec<String> = ["$JS.API", "mtchat.api"]
        .into_iter()
        .flat_map(|api| {
            [
                format!("{api}.INFO"),
                format!("{api}.STREAM.NAMES"),
                format!("{api}.STREAM.INFO.{stream}"),
                format!("{api}.STREAM.CREATE.MINE"),
                format!("{api}.STREAM.UPDATE.{stream}"),
                format!("{api}.STREAM.DELETE.{stream}"),
                format!("{api}.STREAM.PURGE.{stream}"),
                format!("{api}.STREAM.MSG.GET.{stream}"),
                format!("{api}.STREAM.MSG.DELETE.{stream}"),
                format!("{api}.DIRECT.GET.{stream}"),
                format!("{api}.DIRECT.GET.{stream}.mtchat.log.0.default.>"),
                format!("{api}.CONSUMER.CREATE.{stream}"),
                format!("{api}.CONSUMER.CREATE.{stream}.mine.mtchat.log.0.default.>"),
                format!("{api}.CONSUMER.CREATE.{stream}.rival:orders.mtchat.log.>"),
                format!("{api}.CONSUMER.DURABLE.CREATE.{stream}.rival:orders"),
                format!("{api}.CONSUMER.NAMES.{stream}"),
                format!("{api}.CONSUMER.INFO.{stream}.{other}"),
                format!("{api}.CONSUMER.DELETE.{stream}.{other}"),
                format!("{api}.CONSUMER.DELETE.{stream}.rival:orders"),
                format!("{api}.CONSUMER.MSG.NEXT.{stream}.{other}"),
                format!("{api}.CONSUMER.MSG.NEXT.{stream}.*"),
                format!("{api}.CONSUMER.RESET.{stream}.{other}"),
            ]
        })
        .collect();
    calls.extend(
        [
            "$JS.ACK.MTCHAT_LOG_0.default:orders.1.1.1.1.0",
            "$SYS.REQ.SERVER.PING",
            "$SYS.REQ.USER.INFO",
            "$SYS.REQ.ACCOUNT.MTCHAT.CONNZ",
            "$KV.MTCHAT_LEASES.projector-0",
            "mtchat.log.0.default.d.e.message_created",
            "mtchat.log.0.rival.d.e.message_created",
            "mtchat.live.0.rival",
            "mtchat.ctl.revoked",
            "mtchat.ctl.edges",
            "mtchat.eph.default.typing",
            "mtchat.due.0",
            "mtchat.svc.default.notices.post",
            "mtchat.svc.*.notices.post",
            "mtchat.svc.rival.notices.delete",
            "_INBOX.somebody.elses",
        ]
        .map(str::to_owned),
    );
    for call in calls {
        let answer = own.request(call.clone(), "{}".into()).await;
        assert!(answer.is_err(), "{call} was answered: {answer:?}");
    }
    assert_eq!(logged(&system).await, before);
}

/// A77: nobody else's words are heard, and the broker is not used as a messenger to where the sender may not go.
#[tokio::test]
async fn a_service_of_an_app_hears_nobody_and_sends_nothing_by_way_of_the_broker() {
    let Two { system, own, seed } = two().await;
    let before = logged(&system).await;
    let mut heard = Vec::new();
    for subject in [
        ">",
        "*",
        "$SYS.>",
        "$JS.>",
        "_INBOX.>",
        "_R_.>",
        "mtchat.>",
        "mtchat.log.0.rival.>",
        "mtchat.svc.*.notices.post",
    ] {
        heard.push((subject, own.subscribe(subject).await.unwrap()));
    }
    // What a spy inside would hear if it came through.
    let inside = async_nats::connect(system.nats_url()).await.unwrap();
    let mut spied = inside.subscribe("spied.>").await.unwrap();
    inside.flush().await.unwrap();
    let next = "mtchat.api.CONSUMER.MSG.NEXT.MTCHAT_LOG_0.rival:orders";
    let body = json!({ "batch": 1, "no_wait": true }).to_string();
    let mut traced = HeaderMap::new();
    traced.insert("Nats-Trace-Dest", "spied.trace");
    for call in [next, "mtchat.svc.rival.notices.post"] {
        for reply in [
            "mtchat.log.0.default.d.e.message_created",
            "mtchat.due.0",
            "spied.reply",
            "mtchat.ctl.revoked",
        ] {
            let asked = own.publish_with_reply(call, reply, body.clone().into());
            asked.await.unwrap();
        }
        let asked = own.publish_with_headers(call, traced.clone(), body.clone().into());
        asked.await.unwrap();
    }
    own.flush().await.unwrap();
    // Something that happens in both apps meanwhile.
    let [carol, dave] = system.dialog().offline().between(["carol", "dave"]).await;
    carol.send("private").await;
    dave.send("private").await;
    let consumer = facts_of_own_app(&system, &seed).await;
    assert_eq!(consumer, 0, "rival has nothing to read");
    let said = tokio::time::timeout(SILENCE, spied.next()).await;
    assert!(said.is_err(), "the broker carried {said:?}");
    for (subject, mut messages) in heard {
        while let Ok(Some(message)) = tokio::time::timeout(Duration::from_millis(20), messages.next()).await {
            let words = String::from_utf8_lossy(&message.payload).into_owned();
            assert!(
                !words.contains("private") && !words.contains("secret"),
                "{subject}: {words}"
            );
        }
    }
    let after = logged(&system).await;
    assert_eq!(after, before + 3, "only the dialog and its messages came");
}

/// How many facts wait for the consumer of `rival`.
async fn facts_of_own_app(system: &System, seed: &str) -> u64 {
    let client = ConnectOptions::new().nkey(seed.to_owned());
    let client = client.connect(system.nats_url()).await.unwrap();
    let log = async_nats::jetstream::with_prefix(client, "mtchat.api");
    let consumer: async_nats::jetstream::consumer::PullConsumer = log
        .get_consumer_from_stream("rival:orders", "MTCHAT_LOG_0")
        .await
        .unwrap();
    consumer.cached_info().num_pending
}

#[tokio::test]
async fn an_old_key_and_a_made_up_one_do_not_come_in() {
    let mut system = System::with().hosts().start().await;
    let old = grant(&system, "nats-credentials", &["default"]).await;
    let new = grant(&system, "nats-credentials", &["default"]).await;
    takes_effect(&mut system).await;
    let comes_in = async |seed: &str| {
        let options = ConnectOptions::new().nkey(seed.to_owned());
        options.connect(system.nats_url()).await.is_ok()
    };
    assert!(comes_in(&new).await);
    assert!(!comes_in(&old).await, "a key that was replaced");
}

/// The configurations that come along are ones that nats-server takes.
#[tokio::test]
async fn the_configurations_of_nats_server_are_sound() {
    let server = mtchat::embedded::binary::nats_server().unwrap();
    for file in ["node.conf", "cluster.conf"] {
        let checked = Command::new(&server)
            .arg("-t")
            .arg("-c")
            .arg(repository().join("nats/server").join(file))
            .env("MTCHAT_NATS_PASSWORD", "\"0a1b password\"")
            .env("MTCHAT_NATS_ROUTE_PASSWORD", "another")
            .env("MTCHAT_NATS_NAME", "n1")
            .output();
        let checked = checked.await.unwrap();
        let said = String::from_utf8_lossy(&checked.stderr).into_owned();
        assert!(checked.status.success(), "{file}: {said}");
    }
}
