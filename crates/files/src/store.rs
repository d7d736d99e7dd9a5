mod bucket;
mod links;
mod listing;
mod objects;
mod parts;

use std::{sync::Arc, time::Duration};

use aws_sdk_s3::{
    Client, Config,
    config::{
        BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
        StalledStreamProtectionConfig, retry::RetryConfig, timeout::TimeoutConfig,
    },
};
use aws_smithy_http_client::{
    Builder as HttpClientBuilder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use tokio::time::{Instant, timeout};
use tracing::{Dispatch, instrument::WithSubscriber};

use crate::{FileError, FileOptions, FileOptionsError};

pub use listing::Listed;
pub use objects::Found;
pub use parts::Unfinished;

/// How long a connection may take to be made, so that a second try fits into the deadline of a call.
const CONNECTING: Duration = Duration::from_secs(3);

/// What a page of the store holds at most.
const LARGEST_PAGE: u32 = 1_000;

/// The bucket of files in an S3-compatible store. Cheap to clone.
///
/// Every call has a deadline, after which it is [`FileError::Unavailable`]; what it asked for may still happen. A request
/// that fails for a passing reason is made a second time within it.
///
/// ETags are given and taken as the store writes them, quotes included.
#[derive(Clone)]
pub struct FileStore {
    shared: Arc<Shared>,
}

struct Shared {
    /// As servers reach the store.
    client: Client,
    /// As browsers reach it: it only signs.
    signer: Client,
    options: FileOptions,
}

impl FileStore {
    /// Take the options. Nobody is asked anything yet, and no runtime is needed.
    pub fn new(options: FileOptions) -> Result<Self, FileOptionsError> {
        options.check()?;
        let client = Client::from_conf(config(&options, &options.endpoint));
        let signer = Client::from_conf(config(&options, options.link_endpoint()));
        let shared = Shared {
            client,
            signer,
            options,
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    fn client(&self) -> &Client {
        &self.shared.client
    }

    fn bucket(&self) -> &str {
        &self.shared.options.bucket
    }

    /// Ask the store within the usual deadline.
    async fn ask<T>(
        &self,
        call: &'static str,
        request: impl Future<Output = Result<T, FileError>>,
    ) -> Result<T, FileError> {
        self.ask_within(self.shared.options.timeout, call, request).await
    }

    /// Have the store move bytes, which takes longer the more they are.
    async fn have_moved<T>(
        &self,
        call: &'static str,
        request: impl Future<Output = Result<T, FileError>>,
    ) -> Result<T, FileError> {
        self.ask_within(self.shared.options.timeout.saturating_mul(3), call, request)
            .await
    }

    async fn ask_within<T>(
        &self,
        deadline: Duration,
        call: &'static str,
        request: impl Future<Output = Result<T, FileError>>,
    ) -> Result<T, FileError> {
        let began = Instant::now();
        // The SDK's futures are large; on the heap they do not swell those of every handler above.
        let request = Box::pin(silent(request));
        let answer = timeout(deadline, request)
            .await
            .unwrap_or_else(|_| Err(FileError::unavailable("no answer in time")));
        let outcome = answer.as_ref().err().map_or("ok", FileError::outcome);
        metrics::histogram!("mtchat_files_call_seconds", "call" => call, "outcome" => outcome)
            .record(began.elapsed());
        answer
    }
}

/// Keep the SDK from logging: on its lower levels it prints headers, signatures and what they are made of.
async fn silent<T>(request: impl Future<Output = T>) -> T {
    request.with_subscriber(Dispatch::none()).await
}

fn config(options: &FileOptions, endpoint: &str) -> Config {
    let connecting = CONNECTING.min(options.timeout / 2);
    let timeouts = TimeoutConfig::builder().connect_timeout(connecting).build();
    let retries = RetryConfig::standard()
        .with_max_attempts(2)
        .with_initial_backoff(Duration::from_millis(100));
    let credentials = Credentials::new(
        &options.access_key_id,
        &options.secret_access_key,
        None,
        None,
        "mtchat",
    );
    Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .endpoint_url(endpoint.trim_end_matches('/'))
        .region(Region::new(options.region.clone()))
        .force_path_style(options.path_style)
        .credentials_provider(credentials)
        .http_client(http_client(endpoint))
        .timeout_config(timeouts)
        .retry_config(retries)
        // The deadline of the call covers slow bodies too.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        // Otherwise a signed upload expects checksum headers that a browser does not send.
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .build()
}

fn http_client(endpoint: &str) -> aws_sdk_s3::config::SharedHttpClient {
    let builder = HttpClientBuilder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    if endpoint.starts_with("https:") {
        return builder.build_https();
    }
    // Without TLS the machine's certificates need not be read, nor even be there.
    let context = TlsContext::builder()
        .with_trust_store(TrustStore::empty())
        .build();
    match context {
        Ok(context) => builder.tls_context(context).build_https(),
        Err(_) => builder.build_https(),
    }
}
