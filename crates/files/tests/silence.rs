//! Nothing secret is logged, whatever the operator has switched on.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use mtchat_files::{FileOptions, FileStore, Shown};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

#[tokio::test]
async fn no_level_of_logging_shows_a_secret() {
    let log = Log::default();
    let logging = tracing::subscriber::set_default(log.clone());
    tracing::trace!("the log is read");
    let options = FileOptions {
        // Nobody listens there.
        endpoint: "http://127.0.0.1:1".to_owned(),
        public_endpoint: None,
        bucket: "mtchat-test".to_owned(),
        region: "us-east-1".to_owned(),
        access_key_id: "tests".to_owned(),
        secret_access_key: "hush-hush".to_owned(),
        path_style: true,
        create_bucket: true,
        timeout: Duration::from_secs(2),
    };
    let mut seen = format!("{options:?}");
    let store = FileStore::new(options).unwrap();
    let shown = Shown {
        content_type: "text/plain".to_owned(),
        inline: true,
        filename: "a".to_owned(),
    };
    let lifetime = Duration::from_secs(60);
    store.presign_get("a", &shown, lifetime).await.unwrap();
    store.presign_put("a", "text/plain", 1, lifetime).await.unwrap();
    store.presign_part("a", "b", 1, 1, lifetime).await.unwrap();
    let error = store.put("a", "text/plain", Bytes::new()).await.unwrap_err();
    seen += &format!("{error} {error:?}");
    let error = store.prepare(&[]).await.unwrap_err();
    seen += &format!("{error} {error:?}");
    drop(logging);

    seen += &log.text.lock().unwrap();
    assert!(seen.contains("the log is read"), "{seen}");
    for secret in ["hush", "Signature", "Credential", "AWS4"] {
        assert!(!seen.contains(secret), "{secret} is in {seen}");
    }
}

/// Everything that is logged, on every level.
#[derive(Debug, Clone, Default)]
struct Log {
    text: Arc<Mutex<String>>,
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        span.record(&mut self.clone());
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        *self.text.lock().unwrap() += &format!("{field}={value:?}\n");
    }
}
