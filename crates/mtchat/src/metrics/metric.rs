use metrics::{counter, describe_counter, describe_gauge, describe_histogram};
use serde::Serialize;

/// A number that is told.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// As Prometheus knows it.
    pub name: &'static str,
    /// How it moves.
    pub kind: Kind,
    /// What it is counted in.
    pub unit: Unit,
    /// What it is told apart by; each combination is a series of its own.
    pub labels: &'static [Label],
    /// What it means, as a part of a sentence; `code` as in Markdown.
    pub help: &'static str,
    /// Who tells it.
    pub of: Of,
}

/// How a number moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Only up, from the start of the process.
    Counter,
    /// Up and down.
    Gauge,
    /// How often it was how much.
    Histogram,
}

/// What a number is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Things.
    Count,
    /// A part of one.
    Ratio,
    /// Seconds, or seconds since the beginning of 1970 where the name says `timestamp`.
    Seconds,
}

/// Who tells a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Of {
    /// Edges and workers.
    Both,
    /// Edges.
    Edge,
    /// Workers.
    Worker,
}

/// What series of a metric are told apart by.
#[derive(Debug, Clone, Copy)]
pub struct Label {
    /// Its name.
    pub name: &'static str,
    /// What it may be.
    pub values: Values,
}

/// What a label may be: always one of few, never an id or what somebody chose.
#[derive(Debug, Clone, Copy)]
pub enum Values {
    /// A code of an error, as the API has them.
    ErrorCode,
    /// One of these.
    Listed(&'static [&'static str]),
    /// A route of the API, with its parameters as such, or `unknown`.
    Route,
    /// The number of a shard.
    Shard,
    /// A stream of the broker.
    Stream,
    /// The version of the program.
    Version,
    /// A close code's words.
    Words,
}

impl Kind {
    /// As the page writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

impl Metric {
    pub(super) const fn counter(of: Of, name: &'static str, help: &'static str) -> Self {
        Self::new(of, Kind::Counter, name, help)
    }

    pub(super) const fn gauge(of: Of, name: &'static str, help: &'static str) -> Self {
        Self::new(of, Kind::Gauge, name, help)
    }

    pub(super) const fn histogram(of: Of, name: &'static str, help: &'static str) -> Self {
        Self::new(of, Kind::Histogram, name, help)
    }

    const fn new(of: Of, kind: Kind, name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            kind,
            unit: Unit::Count,
            labels: &[],
            help,
            of,
        }
    }

    pub(super) const fn by(self, labels: &'static [Label]) -> Self {
        Self { labels, ..self }
    }

    pub(super) const fn in_bytes(self) -> Self {
        Self {
            unit: Unit::Bytes,
            ..self
        }
    }

    pub(super) const fn in_seconds(self) -> Self {
        Self {
            unit: Unit::Seconds,
            ..self
        }
    }

    pub(super) const fn as_ratio(self) -> Self {
        Self {
            unit: Unit::Ratio,
            ..self
        }
    }

    /// What every process tells of itself is read when it is asked for and passes no recorder.
    pub(super) fn is_told_apart(&self) -> bool {
        self.name.starts_with("process_")
    }

    pub(super) fn describe(&self) {
        match self.kind {
            Kind::Counter => describe_counter!(self.name, self.help),
            Kind::Gauge => describe_gauge!(self.name, self.help),
            Kind::Histogram => describe_histogram!(self.name, self.help),
        }
    }

    pub(super) fn begin(&self) {
        if self.kind != Kind::Counter {
            return;
        }
        match self.labels {
            [] => counter!(self.name).increment(0),
            [
                Label {
                    name,
                    values: Values::Listed(values),
                },
            ] => {
                for value in *values {
                    counter!(self.name, *name => *value).increment(0);
                }
            }
            _ => {}
        }
    }
}

impl Values {
    /// In words, for whoever reads about the label.
    #[must_use]
    pub fn in_words(self) -> String {
        match self {
            Self::ErrorCode => "an [error code](api.md#error-codes)".to_owned(),
            Self::Listed(values) => {
                let quoted: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
                quoted.join(", ")
            }
            Self::Route => "the route, `unknown` where there is none".to_owned(),
            Self::Shard => "the number of the shard".to_owned(),
            Self::Stream => "the name of the stream".to_owned(),
            Self::Version => "the version".to_owned(),
            Self::Words => "the words of a [close code](websocket.md#close-codes)".to_owned(),
        }
    }
}
