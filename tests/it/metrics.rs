//! Everything that is told as a number stands in the catalogue, and says there what it really is.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use http::Method;
use mtchat::{
    ROUTES,
    metrics::{Kind, Label, Metric, Of, Values, catalogue},
};
use mtchat_tests::{PATIENCE, Process, Receiver, eventually};

use crate::webhooks::{started, telling};

/// The sources of what runs as edge or worker.
const SOURCES: &[&str] = &[
    "crates/files/src",
    "crates/mtchat/src",
    "crates/storage/src",
    "nats/src",
    "server/src",
    "worker/src",
];
/// Where the catalogue itself stands.
const CATALOGUE: &str = "crates/mtchat/src/metrics/";
/// What begins like a metric and is none: roles of the database, and a metric that a test makes up.
const OTHERS: &[&str] = &["mtchat_edge", "mtchat_worker", "mtchat_test"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

fn known(name: &str) -> Option<&'static Metric> {
    catalogue().find(|metric| metric.name == name)
}

fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = SOURCES.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
                found.push((name, std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    found
}

/// The texts in quotes of some source, but for what follows `//`.
fn literals(text: &str) -> Vec<&str> {
    let code = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    code.flat_map(|line| line.split('"').skip(1).step_by(2)).collect()
}

/// What stands in the brackets that follow each `name!`.
fn calls<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let begin = format!("{name}!(");
    let mut found = Vec::new();
    for (place, _) in text.match_indices(&begin) {
        let rest = &text[place + begin.len()..];
        let mut depth = 1;
        let end = rest.find(|letter| {
            depth += match letter {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            depth == 0
        });
        found.push(&rest[..end.expect("brackets are closed")]);
    }
    found
}

#[test]
fn whatever_the_sources_record_is_in_the_catalogue_and_nothing_else_is() {
    let mut named = BTreeSet::new();
    for (file, text) in sources().iter().filter(|(file, _)| !file.starts_with(CATALOGUE)) {
        let names = literals(text).into_iter().filter(|text| {
            let rest = text.strip_prefix("mtchat_").unwrap_or_default();
            !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        });
        for name in names.filter(|name| !OTHERS.contains(name)) {
            assert!(
                known(name).is_some(),
                "{file} records {name}, which is not in the catalogue"
            );
            named.insert(name.to_owned());
        }
    }
    let own = sources();
    let sampled = own
        .iter()
        .filter(|(file, _)| file == &format!("{CATALOGUE}sample.rs"));
    named.extend(sampled.flat_map(|(_, text)| literals(text)).map(str::to_owned));
    for metric in catalogue().filter(|metric| metric.name.starts_with("mtchat_")) {
        assert!(named.contains(metric.name), "nobody records {}", metric.name);
    }
}

#[test]
fn the_sources_record_with_the_kind_and_the_labels_of_the_catalogue() {
    let mut looked_at = 0;
    for (file, text) in sources() {
        for (macro_name, kind) in [
            ("counter", Kind::Counter),
            ("gauge", Kind::Gauge),
            ("histogram", Kind::Histogram),
        ] {
            for call in calls(&text, macro_name) {
                // A name that is a variable is looked at where it is told.
                let Some(name) = call.trim_start().strip_prefix('"') else {
                    continue;
                };
                let (name, rest) = name.split_once('"').unwrap();
                let metric = known(name).unwrap_or_else(|| panic!("{file}: {name} is not in the catalogue"));
                assert_eq!(metric.kind, kind, "{file}: {name}");
                looked_at += 1;
                // Labels that were put together before are looked at where they are told.
                if rest.contains('&') {
                    continue;
                }
                let labels: BTreeSet<&str> = rest
                    .match_indices("=>")
                    .map(|(place, _)| {
                        rest[..place]
                            .trim_end()
                            .trim_end_matches('"')
                            .rsplit('"')
                            .next()
                            .unwrap()
                    })
                    .collect();
                let expected: BTreeSet<&str> = metric.labels.iter().map(|label| label.name).collect();
                assert_eq!(labels, expected, "{file}: {name}");
            }
        }
    }
    assert!(looked_at > 40, "only {looked_at} were found");
}

/// A line of the page: the series' name, its labels, its value.
fn read_line(line: &str) -> (&str, BTreeMap<&str, &str>, f64) {
    let (series, value) = line.rsplit_once(' ').unwrap();
    let value = value.parse().unwrap_or_else(|_| panic!("{line}"));
    let Some((name, labels)) = series.split_once('{') else {
        return (series, BTreeMap::new(), value);
    };
    let labels = labels.trim_end_matches('}').split("\",").map(|label| {
        let (name, value) = label.split_once("=\"").unwrap();
        (name, value.trim_end_matches('"'))
    });
    (name, labels.collect(), value)
}

fn may_be(label: &Label, value: &str) -> bool {
    match label.values {
        Values::ErrorCode => value
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_'),
        Values::Listed(values) => values.contains(&value),
        Values::Route => value == "unknown" || ROUTES.iter().any(|route| route.path == value),
        Values::Shard => value.parse::<u16>().is_ok_and(|shard| shard < 1_024),
        Values::Stream => ["MTCHAT_LOG_", "MTCHAT_LIVE_"]
            .iter()
            .any(|stream| value.starts_with(stream)),
        Values::Version => value == env!("CARGO_PKG_VERSION"),
        Values::Words => value.len() < 60 && value.bytes().all(|byte| !byte.is_ascii_digit()),
    }
}

/// Judges each line of a page by the catalogue, and gives the metrics that are told there.
fn judge(page: &str, of: Of) -> BTreeSet<&'static str> {
    let mut kinds = BTreeMap::new();
    let mut told = BTreeSet::new();
    for line in page.lines().filter(|line| !line.is_empty()) {
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            kinds.insert(name, kind);
            continue;
        }
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, help) = help.split_once(' ').unwrap();
            assert_eq!(known(name).map(|metric| metric.help), Some(help));
            continue;
        }
        let (series, labels, value) = read_line(line);
        let part = ["_bucket", "_count", "_sum"].iter().find_map(|part| {
            series
                .strip_suffix(part)
                .filter(|name| kinds.get(name) == Some(&"histogram"))
        });
        let name = part.unwrap_or(series);
        let metric = known(name).unwrap_or_else(|| panic!("{line}: not in the catalogue"));
        assert_eq!(kinds.get(name), Some(&metric.kind.as_str()), "{line}");
        assert!(
            metric.of == Of::Both || metric.of == of,
            "{line}: told by the wrong part"
        );
        assert!(value.is_finite() && value >= 0.0, "{line}");
        let expected: BTreeSet<&str> = metric.labels.iter().map(|label| label.name).collect();
        let given: BTreeSet<&str> = labels.keys().copied().filter(|label| *label != "le").collect();
        assert_eq!(given, expected, "{line}");
        for label in metric.labels {
            assert!(
                may_be(label, labels[label.name]),
                "{line}: {} is not bounded",
                label.name
            );
        }
        told.insert(metric.name);
    }
    told
}

async fn page(process: &Process, http: &mtchat_tests::Http) -> String {
    let answer = http
        .ask(Method::GET, &process.url("/metrics"), &[], "")
        .await
        .unwrap();
    String::from_utf8(answer.body.to_vec()).unwrap()
}

/// What is there from the start: counters whose labels are known, and what every process tells of itself.
fn is_there_at_once(metric: &Metric, of: Of) -> bool {
    let counted = metric.kind == Kind::Counter
        && matches!(
            metric.labels,
            [] | [Label {
                values: Values::Listed(_),
                ..
            }]
        );
    (metric.of == of || metric.of == Of::Both) && (counted || metric.name.starts_with("process_"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_system_at_work_tells_what_the_catalogue_says_and_nothing_about_anybody() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send("hi").await;
    bob.sees("hi").await;
    alice.leave().await;
    for path in ["/api/v1/dialogs", "/api/v1/search?q=hi", "/api/v1/nowhere/alice"] {
        bob.ask(Method::GET, path, "").await;
    }
    receiver.takes(2).await;
    system.edge(0).metric("mtchat_stored_wait_seconds_count").await;

    for (process, of, expected) in [
        (
            system.edge(0),
            Of::Edge,
            &[
                "mtchat_append_seconds",
                "mtchat_build_info",
                "mtchat_database_connections",
                "mtchat_gateway_sockets",
                "mtchat_http_request_seconds",
                "mtchat_nats_connected",
                "mtchat_watermark_heard_timestamp_seconds",
                "mtchat_watermark_log_seq",
            ][..],
        ),
        (
            system.worker(0),
            Of::Worker,
            &[
                "mtchat_build_info",
                "mtchat_database_waiting",
                "mtchat_fanout_log_seq",
                "mtchat_log_used_ratio",
                "mtchat_projector_apply_seconds",
                "mtchat_projector_batch_size",
                "mtchat_projector_stored_seconds",
                "mtchat_webhook_delivery_seconds",
                "mtchat_webhook_pending",
            ][..],
        ),
    ] {
        let told = eventually("the metrics of a system at work", PATIENCE, async || {
            let told = judge(&page(process, system.http()).await, of);
            expected.iter().all(|name| told.contains(name)).then_some(told)
        })
        .await;
        for metric in catalogue().filter(|metric| is_there_at_once(metric, of)) {
            assert!(told.contains(metric.name), "{} is not there", metric.name);
        }
    }
    let age = system
        .edge(0)
        .metric("mtchat_projector_stored_seconds_count")
        .await;
    assert!(age < 1.0, "an edge projects nothing");
    assert!(
        system
            .worker(0)
            .metric("mtchat_projector_stored_seconds_count")
            .await
            >= 2.0
    );
}
