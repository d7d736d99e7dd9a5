use std::{fmt, str::FromStr};

/// Where in which trace something happens: `00-<trace>-<span>-<flags>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    /// Shared by all parts of a trace; never 0.
    pub trace: u128,
    /// The span that is the parent of what follows; never 0.
    pub span: u64,
    /// Whether the trace is recorded.
    pub sampled: bool,
}

/// It is no `traceparent` of the version 00.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotATraceparent;

impl TraceContext {
    /// A new trace.
    #[must_use]
    pub fn fresh() -> Self {
        Self {
            trace: fastrand::u128(1..),
            span: fastrand::u64(1..),
            sampled: false,
        }
    }

    /// Another span of the same trace.
    #[must_use]
    pub fn child(self) -> Self {
        Self {
            span: fastrand::u64(1..),
            ..self
        }
    }
}

impl FromStr for TraceContext {
    type Err = NotATraceparent;

    /// Lower case only, neither id all zero, as the recommendation has it.
    fn from_str(text: &str) -> Result<Self, NotATraceparent> {
        let mut parts = text.split('-');
        let mut hex = |length: usize| {
            let part = parts.next().filter(|part| part.len() == length)?;
            let is_lower = part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            is_lower.then(|| u128::from_str_radix(part, 16).ok()).flatten()
        };
        let read = (hex(2), hex(32), hex(16), hex(2));
        match (read, parts.next()) {
            ((Some(0), Some(trace), Some(span), Some(flags)), None) if trace != 0 && span != 0 => Ok(Self {
                trace,
                span: u64::try_from(span).map_err(|_| NotATraceparent)?,
                sampled: flags & 1 == 1,
            }),
            _ => Err(NotATraceparent),
        }
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = u8::from(self.sampled);
        write!(formatter, "00-{:032x}-{:016x}-{flags:02x}", self.trace, self.span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIVEN: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn what_is_read_is_written_again() {
        let context: TraceContext = GIVEN.parse().unwrap();
        assert!(context.sampled);
        assert_eq!(context.to_string(), GIVEN);
        let child = context.child();
        assert_eq!(child.trace, context.trace);
        assert_ne!(child.span, context.span);
        let fresh = TraceContext::fresh();
        assert_eq!(fresh.to_string().parse(), Ok(fresh));
    }

    #[test]
    fn nothing_else_is_read() {
        for bad in [
            "",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(bad.parse::<TraceContext>(), Err(NotATraceparent), "{bad}");
        }
    }
}
