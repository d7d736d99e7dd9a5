use std::sync::OnceLock;

use crate::{Finished, Sampler};

/// Takes what has ended. Called from wherever that happens, so it has to return at once.
pub type Sink = Box<dyn Fn(Finished) + Send + Sync>;

struct Recording {
    sampler: Sampler,
    sink: Sink,
}

static RECORDING: OnceLock<Recording> = OnceLock::new();

/// From now on spans are recorded and given to the sink. Whether that is so now: a second call changes nothing.
pub fn begin(sampler: Sampler, sink: Sink) -> bool {
    RECORDING.set(Recording { sampler, sink }).is_ok()
}

/// Whether spans are recorded at all.
pub fn is_on() -> bool {
    RECORDING.get().is_some()
}

pub(crate) fn sampler() -> Option<Sampler> {
    RECORDING.get().map(|recording| recording.sampler)
}

pub(crate) fn give(finished: Finished) {
    if let Some(recording) = RECORDING.get() {
        (recording.sink)(finished);
    }
}
