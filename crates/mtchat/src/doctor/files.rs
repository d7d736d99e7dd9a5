use mtchat_files::FileStore;

use super::Finding;
use crate::settings::FileSettings;

const SUBJECT: &str = "files";

/// Whether they are on, and the store answers.
pub(super) async fn examine(files: &FileSettings) -> Finding {
    let Some(options) = files.file_options() else {
        return Finding::ok(
            SUBJECT,
            "off; S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY together switch them on",
        );
    };
    let (endpoint, bucket) = (options.endpoint.clone(), options.bucket.clone());
    let store = match FileStore::new(options) {
        Ok(store) => store,
        Err(error) => return Finding::problem(SUBJECT, error.to_string()),
    };
    if store.is_up().await {
        return Finding::ok(SUBJECT, format!("the bucket {bucket} answers at {endpoint}"));
    }
    let says = format!(
        "the bucket {bucket} does not answer at {endpoint}: start the store, correct S3_* (address, key, secret), or start \
         an edge, which makes the bucket unless S3_CREATE_BUCKET=false. Text is not affected"
    );
    Finding::problem(SUBJECT, says)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[tokio::test]
    async fn files_that_are_off_are_no_problem_and_a_store_that_is_away_is_one() {
        let mut files = FileSettings::default();
        assert_eq!(examine(&files).await.verdict, Verdict::Ok);

        files.keep_at("http://127.0.0.1:1", "key", "hunter2");
        let away = examine(&files).await;
        assert_eq!(away.verdict, Verdict::Problem);
        assert!(!away.says.contains("hunter2"), "{}", away.says);
    }
}
