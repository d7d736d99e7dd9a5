//! Every number that edges and workers tell, in one place: `mtchat metrics` prints it, the pages get their explanations from it, and so
//! does the documentation. What is recorded and does not stand here fails the tests.

mod both;
mod edge;
mod metric;
mod process;
mod sample;
mod show;
mod worker;

pub use metric::{Kind, Label, Metric, Of, Unit, Values};
pub(crate) use process::render as render_process;
pub(crate) use sample::sample;
pub(crate) use show::{MetricsArguments, metrics};
pub use show::{json, markdown};

/// All of them: of edges, of workers, of both.
pub fn catalogue() -> impl Iterator<Item = &'static Metric> {
    edge::METRICS.iter().chain(worker::METRICS).chain(both::METRICS)
}

/// Tell the recorder what each metric means, and begin those at 0 that are counted here, as far as their labels are known: the first time
/// that something happens is then an increase like any other.
pub(crate) fn begin(of: Of) {
    for metric in catalogue().filter(|metric| !metric.is_told_apart()) {
        metric.describe();
        if metric.of == Of::Both || of == Of::Both || metric.of == of {
            metric.begin();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_follow_the_conventions_and_stand_once() {
        let mut seen = BTreeSet::new();
        for metric in catalogue() {
            let name = metric.name;
            assert!(seen.insert(name), "{name} stands twice");
            assert!(
                name.starts_with("mtchat_") || name.starts_with("process_"),
                "{name}"
            );
            assert!(
                name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                "{name}"
            );
            assert_eq!(
                name.ends_with("_total"),
                metric.kind == Kind::Counter,
                "{name}: counters, and nothing else, end in _total"
            );
            let says_seconds = name.trim_end_matches("_total").ends_with("_seconds");
            assert_eq!(says_seconds, metric.unit == Unit::Seconds, "{name}");
            let says_bytes = name.trim_end_matches("_total").ends_with("_bytes");
            assert_eq!(says_bytes, metric.unit == Unit::Bytes, "{name}");
            assert!(
                !metric.help.is_empty() && !metric.help.contains(['\n', '|']) && !metric.help.ends_with('.'),
                "{name}: {}",
                metric.help
            );
        }
    }

    #[test]
    fn every_list_of_values_is_one() {
        for label in catalogue().flat_map(|metric| metric.labels) {
            if let Values::Listed(values) = label.values {
                let distinct: BTreeSet<&&str> = values.iter().collect();
                assert!(
                    !values.is_empty() && distinct.len() == values.len(),
                    "{}",
                    label.name
                );
            }
        }
    }
}
