//! Where nats-server, Postgres and SeaweedFS are on this machine.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::EmbeddedError;

const NATS_VARIABLE: &str = "NATS_SERVER_BIN";
const NATS_OLDEST: (u32, u32) = (2, 14);
const NATS_OLDEST_TEXT: &str = "2.14";
/// The release that `make tools` fetches.
const NATS_IN_TOOLS: &str = "nats-server-2.15.1";
const POSTGRES_VARIABLE: &str = "POSTGRES_BIN_DIR";
const POSTGRES_OLDEST: u32 = 15;
const POSTGRES_OLDEST_TEXT: &str = "15";
const SEAWEEDFS_VARIABLE: &str = "SEAWEEDFS_BIN";
/// The release that `make tools` fetches.
const SEAWEEDFS_IN_TOOLS: &str = "seaweedfs-4.48/weed";

/// A directory with the programs of one Postgres version.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PostgresBinaries {
    /// The directory that holds `postgres` and `initdb`.
    pub directory: PathBuf,
    /// The major version.
    pub major: u32,
}

impl PostgresBinaries {
    /// The path of one of the programs.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

/// Finds nats-server: the environment's, then the fetched one, then the installed one.
///
/// # Errors
/// When there is none, or when the one that the environment names is missing or too old.
pub fn nats_server() -> Result<PathBuf, EmbeddedError> {
    if let Some(path) = env::var_os(NATS_VARIABLE)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
    {
        if !path.is_file() {
            let looked = format!("{NATS_VARIABLE} names {}, which is no file", path.display());
            return Err(EmbeddedError::Missing {
                program: "nats-server",
                looked,
                variable: NATS_VARIABLE,
            });
        }
        return usable_nats(path);
    }
    if let Some(path) = in_tools(Path::new(NATS_IN_TOOLS)).find(|path| path.is_file()) {
        return Ok(path);
    }
    match on_path("nats-server") {
        Some(path) => usable_nats(path),
        None => {
            let looked = format!("looked for .tools/{NATS_IN_TOOLS} and on PATH");
            Err(EmbeddedError::Missing {
                program: "nats-server",
                looked,
                variable: NATS_VARIABLE,
            })
        }
    }
}

/// Finds Postgres: the environment's, then the fetched one, then the installed ones, newest first.
///
/// With `major`, only that version will do, because the data directory was made by it; when there is no such one,
/// the best other one is returned, for the caller to report.
///
/// # Errors
/// When there is none, or only ones that are too old.
pub fn postgres(major: Option<u32>) -> Result<PostgresBinaries, EmbeddedError> {
    if let Some(directory) = env::var_os(POSTGRES_VARIABLE).filter(|value| !value.is_empty()) {
        let directory = PathBuf::from(directory);
        return match postgres_in(&directory) {
            Some(found) => recent_enough(found),
            None => {
                let looked = format!(
                    "{POSTGRES_VARIABLE} names {}, which does not hold both postgres and initdb",
                    directory.display()
                );
                Err(EmbeddedError::Missing {
                    program: "Postgres",
                    looked,
                    variable: POSTGRES_VARIABLE,
                })
            }
        };
    }
    let found: Vec<PostgresBinaries> = installed_postgres().collect();
    let fits = |binaries: &&PostgresBinaries| {
        binaries.major >= POSTGRES_OLDEST && major.is_none_or(|wanted| wanted == binaries.major)
    };
    let best = found
        .iter()
        .find(fits)
        .or_else(|| found.iter().max_by_key(|binaries| binaries.major));
    match best {
        Some(binaries) => recent_enough(binaries.clone()),
        None => {
            let looked = "looked for .tools/postgres, /usr/lib/postgresql and on PATH".to_owned();
            Err(EmbeddedError::Missing {
                program: "Postgres",
                looked,
                variable: POSTGRES_VARIABLE,
            })
        }
    }
}

/// Finds SeaweedFS: the environment's, then the fetched one. Nothing is run for that, and an installed one is not looked
/// for: its options differ from release to release.
///
/// # Errors
/// When there is none, or when the environment names none.
pub fn seaweedfs() -> Result<PathBuf, EmbeddedError> {
    let named = env::var_os(SEAWEEDFS_VARIABLE).filter(|value| !value.is_empty());
    let (found, looked) = match named.map(PathBuf::from) {
        Some(path) => {
            let looked = format!("{SEAWEEDFS_VARIABLE} names {}, which is no file", path.display());
            (Some(path).filter(|path| path.is_file()), looked)
        }
        None => (
            in_tools(Path::new(SEAWEEDFS_IN_TOOLS)).find(|path| path.is_file()),
            format!("looked for .tools/{SEAWEEDFS_IN_TOOLS}"),
        ),
    };
    found.ok_or(EmbeddedError::Missing {
        program: "SeaweedFS",
        looked,
        variable: SEAWEEDFS_VARIABLE,
    })
}

fn usable_nats(path: PathBuf) -> Result<PathBuf, EmbeddedError> {
    let printed = version_line(&path).unwrap_or_default();
    match version(&printed) {
        Some(found) if found >= NATS_OLDEST => Ok(path),
        _ => Err(EmbeddedError::Outdated {
            program: "nats-server",
            path,
            found: printed,
            wanted: NATS_OLDEST_TEXT,
        }),
    }
}

fn recent_enough(binaries: PostgresBinaries) -> Result<PostgresBinaries, EmbeddedError> {
    if binaries.major >= POSTGRES_OLDEST {
        return Ok(binaries);
    }
    Err(EmbeddedError::Outdated {
        program: "Postgres",
        found: binaries.major.to_string(),
        path: binaries.directory,
        wanted: POSTGRES_OLDEST_TEXT,
    })
}

/// Every Postgres of this machine, in the order in which they are preferred.
fn installed_postgres() -> impl Iterator<Item = PostgresBinaries> {
    let fetched = in_tools(Path::new("postgres/bin"));
    let mut packaged: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    packaged.sort_by_key(|path| std::cmp::Reverse(numeric_parent(path)));
    // A `postgres` on PATH is often a link into the directory that holds the rest.
    let on_path = on_path("postgres")
        .and_then(|path| path.canonicalize().ok())
        .and_then(|path| path.parent().map(Path::to_owned));
    let asked = on_path_directory_of_pg_config();
    fetched
        .chain(packaged)
        .chain(on_path)
        .chain(asked)
        .filter_map(|directory| postgres_in(&directory))
}

fn numeric_parent(bin: &Path) -> u32 {
    let name = bin.parent().and_then(Path::file_name).and_then(OsStr::to_str);
    name.and_then(|name| name.parse().ok()).unwrap_or(0)
}

fn on_path_directory_of_pg_config() -> Option<PathBuf> {
    let output = Command::new(on_path("pg_config")?)
        .arg("--bindir")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(text.trim()))
}

fn postgres_in(directory: &Path) -> Option<PostgresBinaries> {
    let directory = directory.canonicalize().ok()?;
    if !directory.join("initdb").is_file() {
        return None;
    }
    let (major, _) = version(&version_line(&directory.join("postgres"))?)?;
    Some(PostgresBinaries { directory, major })
}

/// The places where `.tools/<name>` may be: from the working directory upwards, and from the executable upwards.
fn in_tools(name: &Path) -> impl Iterator<Item = PathBuf> {
    let starts = [env::current_dir().ok(), env::current_exe().ok()];
    let name = name.to_owned();
    starts.into_iter().flatten().flat_map(move |start| {
        let places: Vec<PathBuf> = start
            .ancestors()
            .map(|directory| directory.join(".tools").join(&name))
            .collect();
        places
    })
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|directory| directory.join(name))
        .find(|candidate| candidate.is_file())
}

fn version_line(program: &Path) -> Option<String> {
    let output = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The first two numbers of the first word that looks like a version: `v2.15.1`, `15.18`, `18beta1`.
fn version(line: &str) -> Option<(u32, u32)> {
    line.split_whitespace().find_map(|word| {
        let word = word.strip_prefix('v').unwrap_or(word);
        let mut parts = word.split('.');
        let major = leading_number(parts.next()?)?;
        let minor = parts.next().and_then(leading_number).unwrap_or(0);
        Some((major, minor))
    })
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    text[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_the_programs_print() {
        assert_eq!(version("nats-server: v2.15.1"), Some((2, 15)));
        assert_eq!(
            version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"),
            Some((15, 18))
        );
        assert_eq!(version("postgres (PostgreSQL) 18beta1"), Some((18, 0)));
        assert_eq!(version("no number here"), None);
        assert!(version("nats-server: v2.9.10").unwrap() < NATS_OLDEST);
    }

    #[test]
    fn all_servers_are_found_here() {
        assert!(nats_server().unwrap().is_file());
        assert!(seaweedfs().unwrap().is_file());
        let found = postgres(None).unwrap();
        assert!(found.program("initdb").is_file());
        assert!(found.major >= POSTGRES_OLDEST);
    }

    #[test]
    fn a_directory_without_initdb_is_no_postgres() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(postgres_in(directory.path()), None);
    }
}
