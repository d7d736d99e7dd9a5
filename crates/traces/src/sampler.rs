use std::str::FromStr;

use crate::TraceContext;

/// Which traces are recorded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampler {
    /// Whether the word of who began a trace elsewhere counts.
    parent_based: bool,
    /// What part of the traces that begin here; of all where nobody's word counts.
    ratio: f64,
}

impl Default for Sampler {
    fn default() -> Self {
        Self {
            parent_based: true,
            ratio: 1.0,
        }
    }
}

impl Sampler {
    /// The same with another part of the traces. Only for samplers by ratio.
    #[must_use]
    pub const fn with_ratio(self, ratio: f64) -> Self {
        Self { ratio, ..self }
    }

    /// Whether what begins here is recorded: by the trace id, so that all who ask so agree.
    #[must_use]
    pub fn takes(&self, context: TraceContext, from_elsewhere: bool) -> bool {
        if from_elsewhere && self.parent_based {
            return context.sampled;
        }
        #[allow(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            reason = "a part of many"
        )]
        let place = (context.trace as u64 >> 1) as f64 / (u64::MAX >> 1) as f64;
        self.ratio >= 1.0 || place < self.ratio
    }
}

impl FromStr for Sampler {
    type Err = ();

    /// By the names of `OTEL_TRACES_SAMPLER`.
    fn from_str(name: &str) -> Result<Self, ()> {
        let (parent_based, rest) = match name.strip_prefix("parentbased_") {
            Some(rest) => (true, rest),
            None => (false, name),
        };
        let ratio = match rest {
            "always_on" | "traceidratio" => 1.0,
            "always_off" => 0.0,
            _ => return Err(()),
        };
        Ok(Self { parent_based, ratio })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_of_others_counts_only_where_it_is_asked_for() {
        let recorded = TraceContext {
            sampled: true,
            ..TraceContext::fresh()
        };
        let not = TraceContext {
            sampled: false,
            ..recorded
        };
        let takes =
            |name: &str, context, elsewhere| name.parse::<Sampler>().unwrap().takes(context, elsewhere);
        assert!(takes("parentbased_always_on", recorded, true));
        assert!(!takes("parentbased_always_on", not, true));
        assert!(takes("parentbased_always_on", not, false));
        assert!(takes("always_on", not, true));
        assert!(!takes("always_off", recorded, true));
        assert!(takes("parentbased_always_off", recorded, true));
        assert!(!takes("parentbased_always_off", recorded, false));
        assert!("sometimes".parse::<Sampler>().is_err());
    }

    #[test]
    fn a_part_is_about_that_part_and_the_same_everywhere() {
        let sampler = "traceidratio".parse::<Sampler>().unwrap().with_ratio(0.25);
        let traces: Vec<TraceContext> = (0..4_000).map(|_| TraceContext::fresh()).collect();
        let taken = traces
            .iter()
            .filter(|trace| sampler.takes(**trace, false))
            .count();
        assert!((700..1_300).contains(&taken), "{taken} of 4000");
        assert!(
            traces
                .iter()
                .all(|trace| sampler.takes(*trace, true) == sampler.takes(*trace, false))
        );
        assert!(!sampler.with_ratio(0.0).takes(traces[0], false));
    }
}
