//! What the server is told.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::FileServerOptions;
use super::ports::Ports;
use crate::embedded::EmbeddedError;
use crate::embedded::private_file::write_private;
use crate::embedded::random::random_text;

/// From here on its garbage is collected eagerly. At rest it holds some 170 MB, much of it the program itself.
pub(super) const MEMORY_GOAL: &str = "128MiB";

/// Writes the files of its configuration and returns their directory.
///
/// They are all there even where they say nothing: one that is missing would be looked for in the home directory and in
/// `/etc`, where those of another installation may lie.
pub(super) fn write(options: &FileServerOptions) -> Result<PathBuf, EmbeddedError> {
    let directory = options.data_dir.join("configuration");
    fs::create_dir_all(&directory).map_err(EmbeddedError::io("create", &directory))?;
    let identity = json!({
        "name": "mtchat",
        "credentials": [{ "accessKey": options.access_key_id, "secretKey": options.secret_access_key }],
        "actions": ["Admin"],
    });
    write_private(
        &directory.join("s3.json"),
        &json!({ "identities": [identity] }).to_string(),
    )?;
    write_private(&directory.join("security.toml"), &security()?)?;
    write_private(&directory.join("filer.toml"), &filer(&options.data_dir))?;
    for empty in [
        "master.toml",
        "credential.toml",
        "notification.toml",
        "replication.toml",
    ] {
        write_private(&directory.join(empty), "")?;
    }
    Ok(directory)
}

/// The command line. No secret is in it: everybody on the machine can read it.
pub(super) fn arguments(configuration: &Path, store: &Path, ports: &Ports) -> Vec<String> {
    let path = |path: &Path| path.to_string_lossy().into_owned();
    let mut arguments = vec![
        "-logtostderr".to_owned(),
        format!("-config_dir={}", path(configuration)),
        "server".to_owned(),
        format!("-dir={}", path(store)),
        "-ip=127.0.0.1".to_owned(),
        "-ip.bind=127.0.0.1".to_owned(),
        "-filer".to_owned(),
        "-s3".to_owned(),
        format!("-s3.config={}", path(&configuration.join("s3.json"))),
    ];
    for (part, http, grpc) in ports.parts() {
        arguments.push(format!("-{part}.port={http}"));
        arguments.push(format!("-{part}.port.grpc={grpc}"));
    }
    let fixed = [
        // It would look for others and elect itself, which takes up to 20 seconds at a restart.
        "-master.peers=none",
        "-master.electionTimeout=500ms",
        "-master.telemetry=false",
        // As many volumes as the disk has room for; small ones, so that deleted files give their room back soon.
        "-master.volumeSizeLimitMB=128",
        "-volume.max=0",
        "-s3.readerCacheSizeMB=64",
        // The one identity is all there is, and nobody asks for tables.
        "-s3.iam=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
    ];
    arguments.extend(fixed.map(str::to_owned));
    arguments
}

/// Keys that its parts prove themselves with to each other, so that nobody comes to the files by the back door. New ones
/// at each start: what they sign lives for seconds.
fn security() -> Result<String, EmbeddedError> {
    let section = |name: &str| random_text::<32>().map(|key| format!("[jwt.{name}]\nkey = \"{key}\"\n"));
    ["signing", "signing.read", "filer_signing", "filer_signing.read"]
        .into_iter()
        .map(section)
        .collect()
}

/// Where the names of the files are kept.
fn filer(data_dir: &Path) -> String {
    // A string of JSON is one of TOML.
    let directory = json!(data_dir.join("names").to_string_lossy());
    format!("[leveldb2]\nenabled = true\ndir = {directory}\n")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_secret_is_in_a_private_file_and_not_in_the_command_line() {
        let data = tempfile::tempdir().unwrap();
        let directory = write(&FileServerOptions::new(data.path(), "key", "hunter2")).unwrap();
        let ports = Ports::take(data.path()).unwrap();
        let line = arguments(&directory, &data.path().join("store"), &ports).join(" ");
        assert!(
            line.contains("-ip.bind=127.0.0.1") && line.contains("-master.telemetry=false"),
            "{line}"
        );
        assert!(!line.contains("hunter2"), "{line}");

        let identities = directory.join("s3.json");
        assert!(fs::read_to_string(&identities).unwrap().contains("hunter2"));
        for entry in fs::read_dir(&directory).unwrap() {
            let mode = entry.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_directory_with_quotes_in_its_name_is_one_string() {
        let text = filer(Path::new("/data/a \"quoted\" place"));
        assert!(
            text.contains(r#"dir = "/data/a \"quoted\" place/names""#),
            "{text}"
        );
    }
}
