//! What nobody can guess.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::EmbeddedError;

/// So many bytes from the system, as hexadecimal digits: nothing has to quote them.
pub(super) fn random_text<const BYTES: usize>() -> Result<String, EmbeddedError> {
    let source = Path::new("/dev/urandom");
    let mut bytes = [0; BYTES];
    File::open(source)
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(EmbeddedError::io("read", source))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
