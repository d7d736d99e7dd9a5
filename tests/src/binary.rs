//! The `mtchat` program under test.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
    time::SystemTime,
};

/// Names the program to test, newer than the sources or not.
const VARIABLE: &str = "MTCHAT_BIN";

/// The `mtchat` program that was built together with this executable.
///
/// A package's integration tests do not build another package's programs, so it is checked that somebody did.
pub fn mtchat_binary() -> &'static Path {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND.get_or_init(find)
}

fn find() -> PathBuf {
    if let Some(path) = std::env::var_os(VARIABLE).filter(|path| !path.is_empty()) {
        return PathBuf::from(path);
    }
    let own = std::env::current_exe().expect("this executable has a path");
    let mut directory = own.parent().expect("an executable lies in a directory");
    if directory.ends_with("deps") {
        directory = directory.parent().expect("`deps` lies in a directory");
    }
    let path = directory.join("mtchat");
    let release = if directory.ends_with("release") {
        " --release"
    } else {
        ""
    };
    let advice = format!("run `cargo build{release} -p mtchat --bins` first, or name one in {VARIABLE}");
    let Some(built) = modified(&path) else {
        panic!("there is no program {}: {advice}", path.display());
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let parts = [
        "crates/domain",
        "crates/files",
        "crates/mtchat",
        "crates/protocol",
        "crates/storage",
        "crates/traces",
        "nats",
        "server",
        "worker",
    ];
    for folder in parts {
        if let Some(newer) = newer_source(&root.join(folder), built) {
            panic!("{} is older than {}: {advice}", path.display(), newer.display());
        }
    }
    path
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

/// A source file that the program can not contain yet.
fn newer_source(directory: &Path, built: SystemTime) -> Option<PathBuf> {
    let entries = fs::read_dir(directory).ok()?.flatten();
    entries.map(|entry| entry.path()).find_map(|path| {
        // Tests of the crates are no part of the program.
        if path.is_dir() {
            return if path.ends_with("tests") {
                None
            } else {
                newer_source(&path, built)
            };
        }
        let is_source = path
            .extension()
            .is_some_and(|extension| extension == "rs" || extension == "sql");
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let is_test = stem.is_some_and(|stem| stem == "tests" || stem.ends_with("_tests"));
        (is_source && !is_test && modified(&path)? > built).then_some(path)
    })
}
