use std::{
    borrow::Cow,
    time::{Instant, SystemTime},
};

use crate::{TraceContext, sink};

/// Most other traces that a span points to.
const MOST_LINKS: usize = 128;

/// A stretch of work. It ends when it is dropped; empty where nothing is recorded.
#[derive(Debug, Default)]
#[must_use = "a span lasts as long as it is kept"]
pub struct Span(Option<Box<Running>>);

#[derive(Debug)]
struct Running {
    began: Instant,
    finished: Finished,
}

/// A stretch of work that is over.
#[derive(Debug, Clone)]
pub struct Finished {
    /// What was done, one of few names.
    pub name: Cow<'static, str>,
    /// On which side of a call.
    pub kind: Kind,
    /// Which it is.
    pub context: TraceContext,
    /// Of which span it is a part.
    pub parent: Option<u64>,
    /// What else it was done for.
    pub links: Vec<TraceContext>,
    /// When it began.
    pub began: SystemTime,
    /// When it ended.
    pub ended: SystemTime,
    /// What more is known of it.
    pub attributes: Vec<(&'static str, Value)>,
    /// Whether it went wrong.
    pub failed: bool,
}

/// On which side of a call something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Asks somebody else.
    Client,
    /// Takes what was sent before.
    Consumer,
    /// Neither.
    Internal,
    /// Sends what is taken later.
    Producer,
    /// Answers somebody else.
    Server,
}

/// Something that is known of a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Number(i64),
    /// One of few words.
    Word(Cow<'static, str>),
}

impl Span {
    /// What nobody records.
    pub const fn none() -> Self {
        Self(None)
    }

    /// Of a request from elsewhere, or, without its context, the beginning of a trace.
    pub fn entry(name: impl Into<Cow<'static, str>>, kind: Kind, given: Option<TraceContext>) -> Self {
        let Some(sampler) = sink::sampler() else {
            return Self::none();
        };
        let parent = given.unwrap_or_else(TraceContext::fresh);
        if !sampler.takes(parent, given.is_some()) {
            return Self::none();
        }
        let context = TraceContext {
            sampled: true,
            ..parent.child()
        };
        Self::running(name.into(), kind, context, given.map(|given| given.span))
    }

    /// A part of what was begun before, here or elsewhere; recorded where that is.
    pub fn part(name: impl Into<Cow<'static, str>>, kind: Kind, parent: Option<TraceContext>) -> Self {
        match parent {
            Some(parent) if parent.sampled && sink::is_on() => {
                Self::running(name.into(), kind, parent.child(), Some(parent.span))
            }
            _ => Self::none(),
        }
    }

    /// The same of a `traceparent`; not even looked at where nothing is recorded.
    pub fn part_of(name: impl Into<Cow<'static, str>>, kind: Kind, traceparent: Option<&str>) -> Self {
        if !sink::is_on() {
            return Self::none();
        }
        Self::part(name, kind, traceparent.and_then(|text| text.parse().ok()))
    }

    fn running(name: Cow<'static, str>, kind: Kind, context: TraceContext, parent: Option<u64>) -> Self {
        let now = SystemTime::now();
        Self(Some(Box::new(Running {
            began: Instant::now(),
            finished: Finished {
                name,
                kind,
                context,
                parent,
                links: Vec::new(),
                began: now,
                ended: now,
                attributes: Vec::new(),
                failed: false,
            },
        })))
    }

    /// Whether somebody will see it. To ask spares what is put together for it alone.
    pub const fn is_recorded(&self) -> bool {
        self.0.is_some()
    }

    /// What is known of it besides.
    pub fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        if let Some(running) = &mut self.0 {
            running.finished.attributes.push((name, value.into()));
        }
    }

    /// It is done for something else as well.
    pub fn link(&mut self, to: TraceContext) {
        if let Some(running) = &mut self.0
            && running.finished.links.len() < MOST_LINKS
        {
            running.finished.links.push(to);
        }
    }

    /// It went wrong.
    pub fn fail(&mut self) {
        if let Some(running) = &mut self.0 {
            running.finished.failed = true;
        }
    }

    /// Which it is, where it is recorded: the parent of what follows from it.
    pub fn context(&self) -> Option<TraceContext> {
        self.0.as_ref().map(|running| running.finished.context)
    }

    /// The same as a header has it.
    pub fn traceparent(&self) -> Option<String> {
        self.context().map(|context| context.to_string())
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        if let Some(running) = self.0.take() {
            let Running { began, mut finished } = *running;
            finished.ended = finished.began + began.elapsed();
            sink::give(finished);
        }
    }
}

impl From<&'static str> for Value {
    fn from(word: &'static str) -> Self {
        Self::Word(Cow::Borrowed(word))
    }
}

impl From<String> for Value {
    fn from(word: String) -> Self {
        Self::Word(Cow::Owned(word))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u16> for Value {
    fn from(number: u16) -> Self {
        Self::Number(number.into())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::Sampler;

    /// One test, because a process records once: before that nothing is recorded, afterwards everything.
    #[test]
    fn spans_are_empty_until_somebody_takes_them_and_then_belong_together() {
        let given: TraceContext = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            .parse()
            .unwrap();
        assert_eq!(Span::entry("request", Kind::Server, Some(given)).context(), None);
        assert_eq!(Span::part("append", Kind::Producer, Some(given)).context(), None);

        let taken = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&taken);
        let sink: crate::Sink = Box::new(move |finished| into.lock().unwrap().push(finished));
        assert!(crate::begin(Sampler::default(), sink));
        assert!(!crate::begin(
            Sampler::default(),
            Box::new(|_| panic!("the first one stays"))
        ));

        let mut request = Span::entry("request", Kind::Server, Some(given));
        request.set("http.response.status_code", 200_u16);
        let traceparent = request.traceparent().unwrap();
        let mut append = Span::part_of("append", Kind::Producer, Some(&traceparent));
        append.link(given);
        append.fail();
        drop(append);
        drop(request);
        let not_sampled = TraceContext {
            sampled: false,
            ..given
        };
        drop(Span::entry("request", Kind::Server, Some(not_sampled)));
        drop(Span::part("append", Kind::Producer, Some(not_sampled)));
        drop(Span::part_of("append", Kind::Producer, Some("nonsense")));

        let taken = taken.lock().unwrap();
        let [append, request] = &taken[..] else {
            panic!("{taken:?}")
        };
        assert_eq!(
            (request.context.trace, request.parent),
            (given.trace, Some(given.span))
        );
        assert_eq!(
            (append.context.trace, append.parent),
            (given.trace, Some(request.context.span))
        );
        assert_eq!(
            (append.links.as_slice(), append.failed, request.failed),
            (&[given][..], true, false)
        );
        assert_eq!(
            request.attributes,
            [("http.response.status_code", Value::Number(200))]
        );
        assert!(request.began <= append.began && append.ended <= request.ended);
    }
}
