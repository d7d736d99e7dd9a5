//! What the workspace builds that `cargo build` alone does not: `cargo xtask wasm` makes the client core for JavaScript.

use std::{
    env,
    ffi::OsString,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use flate2::{Compression, write::GzEncoder};

const TARGET: &str = "wasm32-unknown-unknown";
/// How many bytes of the program a page may have to load, after gzip.
const MOST_BYTES: usize = 100_000;

fn main() -> ExitCode {
    let done = match env::args().nth(1).as_deref() {
        Some("wasm") => wasm(),
        _ => Err("usage: cargo xtask wasm".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(wrong) => {
            // A tool of the terminal.
            let _ = writeln!(std::io::stderr(), "{wrong}");
            ExitCode::FAILURE
        }
    }
}

/// Build the core and its glue into `target/wasm`.
fn wasm() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    add_target()?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = [
        "build",
        "--package",
        "mtchat-client-wasm",
        "--lib",
        "--profile",
        "wasm",
        "--locked",
        "--target",
        TARGET,
    ];
    run(Command::new(cargo).args(arguments).current_dir(&root).env(
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
        short_paths(&root),
    ))?;
    let built = root
        .join("target")
        .join(TARGET)
        .join("wasm/mtchat_client_wasm.wasm");
    let into = root.join("target/wasm");
    bind(&built, &into)?;
    let program = into.join("mtchat_client_wasm_bg.wasm");
    let raw = fs::read(&program).map_err(|error| format!("{}: {error}", program.display()))?;
    let packed = packed(&raw).map_err(|error| error.to_string())?;
    println!(
        "{}: {} bytes, {} after gzip (at most {MOST_BYTES})",
        program.display(),
        raw.len(),
        packed.len()
    );
    File::create(program.with_extension("wasm.gz"))
        .and_then(|mut file| file.write_all(&packed))
        .map_err(|error| error.to_string())?;
    if packed.len() > MOST_BYTES {
        return Err(format!(
            "the program is larger than {MOST_BYTES} bytes after gzip"
        ));
    }
    Ok(())
}

/// Where something panicked is part of the program: not where on this machine that lies.
fn short_paths(root: &Path) -> String {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")));
    let registry = home.map(|home| home.join("registry/src"));
    let sources = registry.iter().filter_map(|path| fs::read_dir(path).ok());
    let sources = sources.flatten().flatten().map(|entry| entry.path());
    let root = root.canonicalize().into_iter();
    let all = sources.chain(root);
    let flags = all.map(|path| format!("--remap-path-prefix={}=", path.display()));
    flags.collect::<Vec<_>>().join(" ")
}

/// Without rustup the target has to be there.
fn add_target() -> Result<(), String> {
    let asked = Command::new("rustup")
        .args(["target", "list", "--installed"])
        .output();
    let Ok(installed) = asked else { return Ok(()) };
    if String::from_utf8_lossy(&installed.stdout)
        .lines()
        .any(|line| line == TARGET)
    {
        return Ok(());
    }
    run(Command::new("rustup").args(["target", "add", TARGET]))
}

/// The version is that of the library which the core is built with: `Cargo.lock` holds both.
fn bind(built: &Path, into: &PathBuf) -> Result<(), String> {
    let flags = [
        "--target",
        "web",
        "--omit-default-module-path",
        "--remove-name-section",
        "--remove-producers-section",
    ];
    let mut arguments: Vec<OsString> = vec![
        "wasm-bindgen".into(),
        built.into(),
        "--out-dir".into(),
        into.into(),
    ];
    arguments.extend(flags.map(OsString::from));
    wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(arguments).map_err(|error| error.to_string())
}

fn packed(raw: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(raw)?;
    encoder.finish()
}

fn run(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?}: {status}")),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}
