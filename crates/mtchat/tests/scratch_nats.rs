#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]
use std::{sync::Arc, time::{Duration, Instant}};
use mtchat::embedded::*;
use mtchat_domain::*;
use mtchat_nats::*;
use mtchat_protocol::*;
struct NoCold;
impl ColdDialogs for NoCold {
    fn dialog<'a>(&'a self, _: &'a AppId, _: DialogId) -> BoxFuture<'a, Result<Option<Dialog>, ColdError>> { Box::pin(async { Ok(None) }) }
    fn members<'a>(&'a self, _: &'a AppId, _: DialogId, _: u64) -> BoxFuture<'a, Result<Arc<[Member]>, ColdError>> { Box::pin(async { Err(ColdError("x".into())) }) }
}
fn participant(n: &str) -> Participant { Participant { user: UserId::new(n).unwrap(), joined_as: JoinedAs::Participant, joined_at: Timestamp::now(), profile: Profile { display_name: DisplayName::new(n).unwrap(), company: None, email: None, phone: None } } }
fn req(dialog: DialogId, id: FactId, actor: Actor) -> AppendRequest { AppendRequest { app: AppId::default_app(), dialog, id, at: Timestamp::now(), actor, trace: None } }
async fn log(url: &str) -> (Broker, Log) {
    let broker = Broker::connect(&BrokerOptions { url: url.into(), name: "t".into(), connect_timeout: Duration::from_secs(10) }).await.unwrap();
    (broker.clone(), Log::new(broker, LogOptions::default(), Arc::new(NoCold)))
}
async fn create(log: &Log, dialog: DialogId) {
    let c = Creation { object_type: ObjectType::new("o").unwrap(), object_id: ObjectId::new("1").unwrap(), title: None, object_url: None, meta: None, created_by: None, participants: vec![participant("alice"), participant("bob")], access_scopes: vec![] };
    log.append(req(dialog, FactId::fresh(), Actor::Host), |d| decide(d, Command::Create(Box::new(c.clone())), &Actor::Host)).await.unwrap();
}
async fn send(log: &Log, dialog: DialogId, id: FactId) -> Result<Appended, AppendError> {
    let actor = Actor::User { id: UserId::new("alice").unwrap() };
    log.append(req(dialog, id, actor.clone()), |d| decide(d, Command::Send { content: RichText::sanitised("hi"), reply_to: None }, &actor)).await
}
#[tokio::test(flavor = "multi_thread")]
async fn one_node() {
    let dir = tempfile::tempdir().unwrap();
    let mut nats = NatsServer::start(NatsOptions::new(dir.path().join("n"))).await.unwrap();
    let url = nats.url();
    let (broker, log0) = log(&url).await;
    reconcile(&broker, &StreamOptions::default()).await.unwrap();
    reconcile(&broker, &StreamOptions::default()).await.unwrap();
    let dialog = DialogId::fresh();
    create(&log0, dialog).await;
    let mut live = LiveReader::open(&broker, ShardId(0), Duration::from_secs(60)).await.unwrap();
    println!("begin {:?}", live.next(Duration::from_secs(1)).await.unwrap());
    let mut writer = LiveWriter::open(&broker, ShardId(0)).await.unwrap();
    println!("writer at {}", writer.position());
    let mut reader = LogReader::open(&broker, ShardId(0), writer.position()).await.unwrap();
    let id = FactId::fresh();
    assert!(matches!(send(&log0, dialog, id).await.unwrap(), Appended::New { .. }));
    assert!(matches!(send(&log0, dialog, id).await.unwrap(), Appended::Repeated { .. }));
    let batch = reader.next_batch(100, Duration::from_millis(20), Duration::from_secs(2)).await.unwrap();
    println!("read {}", batch.len());
    writer.write(&batch).await.unwrap();
    println!("live {:?}", live.next(Duration::from_secs(1)).await.unwrap().iter().map(|e| (e.from, e.to, e.facts.len())).collect::<Vec<_>>());
    // concurrency
    let mut logs = vec![];
    for _ in 0..4 { logs.push(log(&url).await.1); }
    let t = Instant::now();
    let mut set = tokio::task::JoinSet::new();
    for i in 0..32 { let log = logs[i % 4].clone(); set.spawn(async move { for _ in 0..30 { send(&log, dialog, FactId::fresh()).await.unwrap(); } }); }
    while let Some(r) = set.join_next().await { r.unwrap(); }
    println!("960 appends {:?}", t.elapsed());
    let t = Instant::now();
    for _ in 0..500 { send(&log0, dialog, FactId::fresh()).await.unwrap(); }
    println!("500 sequential {:?}", t.elapsed());
    let batch = reader.next_batch(5000, Duration::from_millis(500), Duration::from_secs(2)).await.unwrap();
    writer.write(&batch).await.unwrap();
    println!("batch {} live {:?}", batch.len(), live.next(Duration::from_secs(1)).await.unwrap().iter().map(|e| (e.from, e.to, e.facts.len())).collect::<Vec<_>>());
    // restart
    let t = Instant::now();
    nats.kill().await; nats.restart().await.unwrap();
    println!("restarted {:?}", t.elapsed());
    println!("append after restart {:?} {:?}", send(&log0, dialog, FactId::fresh()).await.is_ok(), t.elapsed());
    let batch = reader.next_batch(100, Duration::from_millis(20), Duration::from_secs(5)).await.unwrap();
    println!("read after restart {} {:?}", batch.len(), t.elapsed());
    let e = writer.write(&batch).await; println!("old writer {e:?} {:?}", t.elapsed());
    let mut writer = loop { match LiveWriter::open(&broker, ShardId(0)).await { Ok(w) => break w, Err(e) => { println!("{e}"); tokio::time::sleep(Duration::from_millis(100)).await } } };
    println!("new writer at {} {:?}", writer.position(), t.elapsed());
    let mut reader = LogReader::open(&broker, ShardId(0), writer.position()).await.unwrap();
    let batch = reader.next_batch(5000, Duration::from_millis(200), Duration::from_secs(5)).await.unwrap();
    writer.write(&batch).await.unwrap();
    for _ in 0..5 {
        let entries = live.next(Duration::from_secs(2)).await;
        println!("live after restart {:?} {:?}", entries.map(|es| es.iter().map(|e| (e.from, e.to, e.facts.len())).collect::<Vec<_>>()), t.elapsed());
    }
    let stop = tokio_util::sync::CancellationToken::new();
    let t = Instant::now();
    let a = Lease::acquire(&broker, "role.x", "a", &stop).await.unwrap();
    println!("lease {:?}", t.elapsed());
    a.release().await;
    let b = Lease::acquire(&broker, "role.x", "b", &stop).await.unwrap();
    println!("lease b {:?}", t.elapsed());
    std::mem::forget(b);
}
#[tokio::test(flavor = "multi_thread")]
async fn cluster() {
    let dir = tempfile::tempdir().unwrap();
    let mut cluster = NatsCluster::start(dir.path(), 3).await.unwrap();
    cluster.ready().await.unwrap();
    let url = cluster.url();
    let (broker, log0) = log(&url).await;
    reconcile(&broker, &StreamOptions { replicas: 3, ..StreamOptions::default() }).await.unwrap();
    let dialog = DialogId::fresh();
    create(&log0, dialog).await;
    let t = Instant::now();
    let mut set = tokio::task::JoinSet::new();
    let done = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    for i in 0..32 { let log = if i % 4 == 0 { log0.clone() } else { log(&url).await.1 }; let done = done.clone(); set.spawn(async move { let mut tries = 0; for _ in 0..62 { let id = FactId::fresh(); while let Err(e) = send(&log, dialog, id).await { tries += 1; if tries % 10 == 0 { println!("{e}"); } assert!(tries < 100); } done.fetch_add(1, std::sync::atomic::Ordering::Relaxed); } }); }
    while done.load(std::sync::atomic::Ordering::Relaxed) < 700 { tokio::time::sleep(Duration::from_millis(20)).await; }
    println!("killing {:?}", t.elapsed());
    cluster.nodes_mut()[0].kill().await;
    while let Some(r) = set.join_next().await { r.unwrap(); }
    println!("cluster {:?}", t.elapsed());
    let mut reader = LogReader::open(&broker, ShardId(0), 0).await.unwrap();
    let mut seqs = vec![];
    while seqs.len() < 1985 { let b = reader.next_batch(5000, Duration::from_millis(100), Duration::from_secs(2)).await.unwrap(); if b.is_empty() { break } for l in b { seqs.push(Fact::decode(&l.payload).unwrap().seq()); } }
    assert_eq!(seqs, (1..=1985).collect::<Vec<u64>>());
    cluster.stop().await;
}
