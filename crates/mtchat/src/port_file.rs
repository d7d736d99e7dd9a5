use std::{net::SocketAddr, path::Path};

use crate::Failure;

/// Tells whoever started us which port it became: the number alone, the file complete or not there.
pub(crate) fn write(path: &Path, address: SocketAddr) -> Result<(), Failure> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    let unfinished = path.with_file_name(name);
    std::fs::write(&unfinished, format!("{}\n", address.port()))
        .map_err(Failure::io("write", &unfinished))?;
    std::fs::rename(&unfinished, path).map_err(Failure::io("write", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_the_port_and_replaces_an_older_one() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("port");
        for port in ["1", "8080"] {
            write(&path, format!("127.0.0.1:{port}").parse().unwrap()).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{port}\n"));
        }
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
