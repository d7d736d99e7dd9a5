use std::time::Duration;

use aws_sdk_s3::types::{BucketLocationConstraint, CorsConfiguration, CorsRule, CreateBucketConfiguration};

use super::FileStore;
use crate::FileError;

/// How long the question whether the store is up may take: whoever asks it has more to ask.
const GLANCE: Duration = Duration::from_secs(2);

/// The region that stores take for granted and refuse to be told.
const HOME_REGION: &str = "us-east-1";

/// How long a browser may go by what it was told, in seconds.
const CORS_AGE: i32 = 3_600;

impl FileStore {
    /// Make the bucket ready: when the options say so, make it if it is missing and let pages of these origins (`*` is any)
    /// read and upload by links; otherwise only look whether it is there.
    ///
    /// Safe to repeat and to run on several edges at once. A store without CORS rules per bucket keeps its own.
    pub async fn prepare(&self, origins: &[String]) -> Result<(), FileError> {
        let found = self.find_bucket().await;
        if !self.shared.options.create_bucket {
            return found.map_err(no_bucket);
        }
        match found {
            Err(FileError::Missing) => self.make_bucket().await?,
            found => found?,
        }
        match self.ask("allow_origins", self.allow_origins(origins)).await {
            Err(FileError::Refused(code)) if code == "NotImplemented" => {
                tracing::warn!("the file store keeps no CORS rules: whether pages may upload is up to it");
                Ok(())
            }
            done => done,
        }
    }

    /// Whether the store answers for the bucket at this moment.
    pub async fn is_up(&self) -> bool {
        let deadline = GLANCE.min(self.shared.options.timeout);
        self.ask_within(deadline, "is_up", self.head_bucket())
            .await
            .is_ok()
    }

    async fn find_bucket(&self) -> Result<(), FileError> {
        self.ask("find_bucket", self.head_bucket()).await
    }

    async fn make_bucket(&self) -> Result<(), FileError> {
        match self.ask("make_bucket", self.create_bucket()).await {
            Ok(()) => {
                tracing::info!(bucket = self.bucket(), "the bucket of files is made");
                Ok(())
            }
            // Another edge may have been first; stores tell that in different ways.
            Err(error) => self.find_bucket().await.map_err(|_| error),
        }
    }

    async fn head_bucket(&self) -> Result<(), FileError> {
        self.client().head_bucket().bucket(self.bucket()).send().await?;
        Ok(())
    }

    async fn create_bucket(&self) -> Result<(), FileError> {
        let region = self.shared.options.region.as_str();
        let place = (region != HOME_REGION).then(|| {
            CreateBucketConfiguration::builder()
                .location_constraint(BucketLocationConstraint::from(region))
                .build()
        });
        let request = self.client().create_bucket().bucket(self.bucket());
        request.set_create_bucket_configuration(place).send().await?;
        Ok(())
    }

    async fn allow_origins(&self, origins: &[String]) -> Result<(), FileError> {
        if origins.is_empty() {
            let request = self.client().delete_bucket_cors().bucket(self.bucket());
            request.send().await?;
            return Ok(());
        }
        let rule = CorsRule::builder()
            .set_allowed_origins(Some(origins.to_vec()))
            .set_allowed_methods(Some(["PUT", "GET", "HEAD"].map(str::to_owned).to_vec()))
            // Those that matter are signed.
            .allowed_headers("*")
            .expose_headers("ETag")
            .max_age_seconds(CORS_AGE)
            .build()
            .map_err(|_| FileError::unusable_request())?;
        let rules = CorsConfiguration::builder().cors_rules(rule).build();
        let rules = rules.map_err(|_| FileError::unusable_request())?;
        let request = self.client().put_bucket_cors().bucket(self.bucket());
        request.cors_configuration(rules).send().await?;
        Ok(())
    }
}

/// To whom does not make it, a missing bucket is a mistake and no missing file.
fn no_bucket(error: FileError) -> FileError {
    match error {
        FileError::Missing => FileError::Refused("NoSuchBucket".to_owned()),
        error => error,
    }
}
