use std::{ops::RangeInclusive, time::Duration};

use mtchat_files::FileOptions;
use mtchat_protocol::limits::FILE_BYTES;
use mtchat_server::FilesOptions;
use mtchat_worker::FileSweepOptions;
use serde::Deserialize;

use super::{Secret, seconds};

/// What hosts are promised; a deployment may only lower it.
const MOST_BYTES: u64 = FILE_BYTES;
const UPLOAD_EXPIRY_SECS: RangeInclusive<u64> = 1..=3_600;
/// No link is good for longer than a week: signatures are not.
const DOWNLOAD_EXPIRY_SECS: RangeInclusive<u64> = 60..=604_800;
/// What switches files on, together.
const NEEDED: [&str; 4] = [
    "S3_ENDPOINT",
    "S3_BUCKET",
    "S3_ACCESS_KEY_ID",
    "S3_SECRET_ACCESS_KEY",
];
/// In the store that `mtchat up` brings along.
pub(crate) const OWN_BUCKET: &str = "mtchat";

/// `[files]`: the S3-compatible store of what users attach. Endpoint, bucket, key and secret together switch files on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileSettings {
    /// `S3_ENDPOINT`. Where servers reach the store.
    pub endpoint: Option<String>,
    /// `S3_PUBLIC_ENDPOINT`. Where browsers reach it, which is what links name; the endpoint unless set.
    pub public_endpoint: Option<String>,
    /// `S3_BUCKET`. Everything is kept in this one.
    pub bucket: Option<String>,
    /// `S3_REGION`. Which region requests are signed for.
    pub region: String,
    /// `S3_ACCESS_KEY_ID` (or `S3_ACCESS_KEY`). Who signs.
    pub access_key_id: Option<String>,
    /// `S3_SECRET_ACCESS_KEY` (or `S3_SECRET_KEY`). What is signed with.
    pub secret_access_key: Option<Secret<String>>,
    /// `S3_PATH_STYLE`. Whether the bucket is named in the path and not in the host.
    pub path_style: bool,
    /// `S3_CREATE_BUCKET`. Whether a missing bucket is made, and its CORS rules are kept up to date.
    pub create_bucket: bool,
    /// `S3_PRESIGN_UPLOAD_EXPIRY`. How long a link for an upload is good.
    #[serde(rename = "upload_expiry_secs", deserialize_with = "seconds::deserialize")]
    pub upload_expiry: Duration,
    /// `S3_PRESIGN_DOWNLOAD_EXPIRY`. How long a link to a file is good.
    #[serde(rename = "download_expiry_secs", deserialize_with = "seconds::deserialize")]
    pub download_expiry: Duration,
    /// `S3_MAX_FILE_BYTES`. The largest file.
    pub max_bytes: u64,
    /// `UPLOAD_KEEP_SECS`. How long what was uploaded and never sent is kept.
    #[serde(rename = "upload_keep_secs", deserialize_with = "seconds::deserialize")]
    pub upload_keep: Duration,
}

impl Default for FileSettings {
    fn default() -> Self {
        Self {
            endpoint: None,
            public_endpoint: None,
            bucket: None,
            region: "us-east-1".to_owned(),
            access_key_id: None,
            secret_access_key: None,
            path_style: true,
            create_bucket: true,
            upload_expiry: Duration::from_secs(300),
            download_expiry: Duration::from_secs(3_600),
            max_bytes: MOST_BYTES,
            upload_keep: Duration::from_secs(86_400),
        }
    }
}

impl FileSettings {
    /// As the store takes them; `None` where files are off.
    #[must_use]
    pub fn file_options(&self) -> Option<FileOptions> {
        Some(FileOptions {
            endpoint: self.endpoint.clone()?,
            public_endpoint: self.public_endpoint.clone(),
            bucket: self.bucket.clone()?,
            region: self.region.clone(),
            access_key_id: self.access_key_id.clone()?,
            secret_access_key: self.secret_access_key.as_ref()?.expose().clone(),
            path_style: self.path_style,
            create_bucket: self.create_bucket,
            timeout: FileOptions::TIMEOUT,
        })
    }

    /// As the edge takes them; `None` where files are off. This very program makes thumbnails.
    pub(super) fn edge_options(&self) -> Option<FilesOptions> {
        Some(FilesOptions {
            store: self.file_options()?,
            upload_lifetime: self.upload_expiry,
            link_lifetime: self.download_expiry,
            most_bytes: self.max_bytes,
            picture_program: std::env::current_exe().ok(),
        })
    }

    /// As the sweeper takes them; `None` where files are off.
    pub(crate) fn sweep_options(&self) -> Option<FileSweepOptions> {
        Some(FileSweepOptions {
            store: self.file_options()?,
            upload_keep: self.upload_keep,
        })
    }

    /// Whether files are on.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.missing().is_empty()
    }

    /// A store of our own, for a deployment that names none.
    pub(crate) fn keep_at(&mut self, endpoint: &str, access_key_id: &str, secret_access_key: &str) {
        self.endpoint = Some(endpoint.to_owned());
        self.bucket = Some(OWN_BUCKET.to_owned());
        self.access_key_id = Some(access_key_id.to_owned());
        self.secret_access_key = Some(Secret::new(secret_access_key.to_owned()));
    }

    pub(super) fn validate(&self, problems: &mut Vec<String>) {
        let missing = self.missing();
        if (1..NEEDED.len()).contains(&missing.len()) {
            problems.push(format!(
                "some of {} are set, but not {}: set all of them, or none to switch files off",
                NEEDED.join(", "),
                missing.join(", ")
            ));
        }
        if let Some(Err(error)) = self.file_options().map(|options| options.check()) {
            problems.push(format!("S3_*: {error}"));
        }
        for (name, expiry, range) in [
            ("S3_PRESIGN_UPLOAD_EXPIRY", self.upload_expiry, UPLOAD_EXPIRY_SECS),
            (
                "S3_PRESIGN_DOWNLOAD_EXPIRY",
                self.download_expiry,
                DOWNLOAD_EXPIRY_SECS,
            ),
        ] {
            if !range.contains(&expiry.as_secs()) {
                let (least, most) = range.into_inner();
                problems.push(format!("{name} must be from {least} to {most} seconds"));
            }
        }
        if !(1..=MOST_BYTES).contains(&self.max_bytes) {
            problems.push(format!("S3_MAX_FILE_BYTES must be from 1 to {MOST_BYTES}"));
        }
        if self.upload_keep < self.upload_expiry {
            problems.push(
                "UPLOAD_KEEP_SECS must be at least S3_PRESIGN_UPLOAD_EXPIRY: an upload must not be swept while it comes in"
                    .to_owned(),
            );
        }
    }

    fn missing(&self) -> Vec<&'static str> {
        let set = [
            self.endpoint.is_some(),
            self.bucket.is_some(),
            self.access_key_id.is_some(),
            self.secret_access_key.is_some(),
        ];
        let missing = NEEDED.iter().zip(set).filter(|(_, set)| !set);
        missing.map(|(name, _)| *name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(settings: &FileSettings) -> Vec<String> {
        let mut problems = Vec::new();
        settings.validate(&mut problems);
        problems
    }

    fn on() -> FileSettings {
        let mut settings = FileSettings::default();
        settings.keep_at("http://127.0.0.1:8333", "key", "hunter2");
        settings
    }

    #[test]
    fn all_four_switch_files_on_and_none_leaves_them_off() {
        let off = FileSettings::default();
        assert!(!off.is_on() && off.file_options().is_none());
        assert_eq!(problems(&off), [""; 0]);

        let on = on();
        assert!(on.is_on());
        assert_eq!(problems(&on), [""; 0]);
        let options = on.file_options().unwrap();
        assert_eq!(options.bucket, OWN_BUCKET);
        assert_eq!(options.secret_access_key, "hunter2");
        assert!(!format!("{on:?}").contains("hunter2"));
    }

    #[test]
    fn some_of_the_four_are_refused_by_the_names_of_the_others() {
        let some = FileSettings {
            bucket: None,
            secret_access_key: None,
            ..on()
        };
        assert!(some.file_options().is_none());
        let found = problems(&some);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].contains("but not S3_BUCKET, S3_SECRET_ACCESS_KEY:"),
            "{found:?}"
        );
    }

    #[test]
    fn what_no_store_takes_is_refused() {
        let wrong = FileSettings {
            endpoint: Some("store:8333".to_owned()),
            upload_expiry: Duration::from_secs(3_601),
            download_expiry: Duration::from_secs(59),
            max_bytes: MOST_BYTES + 1,
            upload_keep: Duration::from_secs(3_600),
            ..on()
        };
        let found = problems(&wrong);
        for expected in [
            "S3_*: the endpoint",
            "S3_PRESIGN_UPLOAD_EXPIRY",
            "S3_PRESIGN_DOWNLOAD_EXPIRY must be from 60 to 604800",
            "S3_MAX_FILE_BYTES",
            "UPLOAD_KEEP_SECS",
        ] {
            assert!(
                found.iter().any(|problem| problem.starts_with(expected)),
                "{expected}: {found:?}"
            );
        }
        assert_eq!(found.len(), 5, "{found:?}");
    }
}
