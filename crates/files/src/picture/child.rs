use std::{
    io::{self, Read, Write},
    panic,
    process::ExitCode,
};

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::{
    PictureError,
    answer::{Answer, written},
    thumbnail,
};

/// Of the memory, the file itself may take one in so many parts: decoders copy it, and pixels need more.
const FILE_SHARE: u64 = 4;

/// What the process for pictures does: reads one from standard input, writes the answer to standard output and ends. It may take
/// `memory` bytes of address space and so many seconds of a processor, open nothing and write to no file; what takes more is
/// ended by the system. Fails without reading anything when it can not be limited.
///
/// To be called before the process has threads or has opened anything.
pub fn run_child(memory: u64, cpu_seconds: u64) -> ExitCode {
    match limit(memory, cpu_seconds)
        .map_err(io::Error::from)
        .and_then(|()| work(memory))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn limit(memory: u64, cpu_seconds: u64) -> nix::Result<()> {
    for (resource, most) in [
        // A picture of a process that failed would hold a user's picture.
        (Resource::RLIMIT_CORE, 0),
        (Resource::RLIMIT_FSIZE, 0),
        // Standard input, output and error are open already.
        (Resource::RLIMIT_NOFILE, 3),
        (Resource::RLIMIT_CPU, cpu_seconds),
        (Resource::RLIMIT_AS, memory),
    ] {
        let (_, allowed) = getrlimit(resource)?;
        let most = most.min(allowed);
        setrlimit(resource, most, most)?;
    }
    Ok(())
}

fn work(memory: u64) -> io::Result<()> {
    let answer = answer(io::stdin().lock(), memory / FILE_SHARE)?;
    let mut output = io::stdout().lock();
    output.write_all(&written(&answer))?;
    output.flush()
}

fn answer(input: impl Read, most: u64) -> io::Result<Answer> {
    let mut picture = Vec::new();
    let length = input.take(most.saturating_add(1)).read_to_end(&mut picture)?;
    if length as u64 > most {
        return Ok(Err(PictureError::TooLong { bytes: length as u64 }));
    }
    // A decoder that stumbles says the same as one that gives up.
    Ok(panic::catch_unwind(|| thumbnail(&picture)).unwrap_or(Err(PictureError::Broken)))
}

#[cfg(test)]
mod tests {
    use image::ImageFormat;

    use super::{super::samples, *};

    #[test]
    fn the_whole_input_is_the_picture() {
        let picture = samples::picture(ImageFormat::Png, 800, 600);
        let most = picture.len() as u64;
        let made = answer(&picture[..], most).expect("input").expect("a picture");
        assert_eq!(made.expect("a thumbnail").size.width, 640);
        let small = samples::picture(ImageFormat::Png, 8, 6);
        assert!(matches!(answer(&small[..], most), Ok(Ok(None))));
    }

    #[test]
    fn no_more_is_read_than_fits() {
        let endless = io::repeat(0);
        assert!(matches!(
            answer(endless, 1_000),
            Ok(Err(PictureError::TooLong { bytes: 1_001 }))
        ));
    }
}
