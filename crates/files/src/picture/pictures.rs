use std::{
    convert::Infallible,
    future,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
    sync::Semaphore,
    time::{Instant, timeout_at},
};

use super::{
    PictureError, Thumbnail,
    answer::{self, Answer, LONGEST},
};

/// How much the making of thumbnails may take.
#[derive(Debug, Clone)]
pub struct PictureOptions {
    /// So many pictures are worked on at once, each in its process; at least one.
    pub at_once: usize,
    /// How long one may take, the wait for a free place included.
    pub patience: Duration,
    /// The address space of a process, in bytes.
    pub memory: u64,
    /// A longer file is refused unread, in bytes.
    pub most_bytes: u64,
}

impl Default for PictureOptions {
    fn default() -> Self {
        Self {
            at_once: 2,
            patience: Duration::from_secs(5),
            memory: 512 * 1024 * 1024,
            most_bytes: 30 * 1024 * 1024,
        }
    }
}

/// Makes thumbnails, each in a process of its own: what a hostile picture does, it does there. Clones share the places.
#[derive(Debug, Clone)]
pub struct Pictures {
    program: Arc<Path>,
    options: PictureOptions,
    places: Arc<Semaphore>,
}

impl Pictures {
    /// `program` is called as `program picture --memory <bytes> --seconds <seconds>` and has to do what
    /// [`run_child`](super::run_child) does.
    pub fn new(program: PathBuf, options: PictureOptions) -> Self {
        let places = options.at_once.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            program: program.into(),
            places: Arc::new(Semaphore::new(places)),
            options,
        }
    }

    /// Makes a thumbnail; nothing when the picture itself serves as well. Done or given up within the patience, and when the
    /// caller gives up, the process ends as well.
    ///
    /// # Errors
    /// When there is none, with what is known about why.
    pub async fn thumbnail(&self, picture: Bytes) -> Result<Option<Thumbnail>, PictureError> {
        let began = Instant::now();
        let answer = self.answer(&picture, began + self.options.patience).await;
        let outcome = match &answer {
            Ok(Some(_)) => "made",
            Ok(None) => "needless",
            Err(error) => error.as_str(),
        };
        metrics::counter!("mtchat_pictures_total", "outcome" => outcome).increment(1);
        metrics::histogram!("mtchat_picture_seconds").record(began.elapsed());
        answer
    }

    async fn answer(&self, picture: &[u8], deadline: Instant) -> Answer {
        let bytes = picture.len() as u64;
        if bytes > self.options.most_bytes {
            return Err(PictureError::TooLong { bytes });
        }
        let Ok(Ok(_place)) = timeout_at(deadline, self.places.acquire()).await else {
            return Err(PictureError::Busy);
        };
        let mut child = self.spawn().map_err(PictureError::Child)?;
        let answer = timeout_at(deadline, ask(&mut child, picture)).await;
        // The place is free when the process is gone, not before; one that has ended already does not mind.
        let _ = child.kill().await;
        answer.unwrap_or(Err(PictureError::Timeout))
    }

    fn spawn(&self) -> std::io::Result<Child> {
        // A process in an endless loop takes no more of the processor than one that waits may take of the clock.
        let seconds = self.options.patience.as_secs().max(1);
        Command::new(&*self.program)
            .arg("picture")
            .args(["--memory", &self.options.memory.to_string()])
            .args(["--seconds", &seconds.to_string()])
            // Secrets are in the environment, and words of a picture might be in what a decoder says.
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
    }
}

async fn ask(child: &mut Child, picture: &[u8]) -> Answer {
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(PictureError::Killed);
    };
    let write = async move {
        // A child that has ended, or has seen enough, does not read on: its answer tells more than the broken pipe.
        let _ = input.write_all(picture).await;
        drop(input);
        future::pending::<Infallible>().await
    };
    let mut answer = Vec::new();
    let mut output = output.take(LONGEST + 1);
    let read = tokio::select! {
        read = output.read_to_end(&mut answer) => read,
        never = write => match never {},
    };
    let is_whole = read.is_ok_and(|length| length as u64 <= LONGEST);
    if !is_whole || !child.wait().await.is_ok_and(|status| status.success()) {
        return Err(PictureError::Killed);
    }
    answer::read(&answer.into()).unwrap_or(Err(PictureError::Killed))
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use tempfile::TempDir;

    use super::*;

    /// Programs are all written before any is run: a process that is just being started would hold a half-written one open.
    struct Programs(TempDir);

    impl Programs {
        fn write(programs: &[(&str, &str)]) -> Self {
            let directory = tempfile::tempdir().expect("a directory");
            for (name, script) in programs {
                let path = directory.path().join(name);
                fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a program");
                fs::set_permissions(path, fs::Permissions::from_mode(0o700)).expect("a program");
            }
            Self(directory)
        }

        fn pictures(&self, name: &str, patience: Duration) -> Pictures {
            let options = PictureOptions {
                at_once: 1,
                patience,
                ..PictureOptions::default()
            };
            Pictures::new(self.0.path().join(name), options)
        }
    }

    const LONG: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_millis(300);

    #[tokio::test]
    async fn a_child_is_given_a_picture_and_answers() {
        let programs = Programs::write(&[
            ("small", "cat > /dev/null; echo needless"),
            ("broken", "echo broken"),
            ("lying", "cat > /dev/null; echo hello"),
            ("failing", "echo needless; exit 1"),
            ("ended", "kill -9 $$"),
            ("endless", "cat /dev/zero"),
            ("stuck", "exec sleep 1000"),
            (
                "told",
                "test \"$*\" = 'picture --memory 536870912 --seconds 60' && test -z \"$HOME\" && echo needless",
            ),
        ]);
        let large = || Bytes::from(vec![0; 1_000_000]);
        let ask = async |name: &str, patience| programs.pictures(name, patience).thumbnail(large()).await;

        assert!(matches!(ask("small", LONG).await, Ok(None)));
        assert!(matches!(ask("told", LONG).await, Ok(None)));
        assert!(matches!(ask("broken", LONG).await, Err(PictureError::Broken)));
        for name in ["lying", "failing", "ended", "endless"] {
            let ended = ask(name, LONG).await;
            assert!(matches!(ended, Err(PictureError::Killed)), "{name}: {ended:?}");
        }
        assert!(matches!(ask("stuck", SHORT).await, Err(PictureError::Timeout)));
        assert!(matches!(ask("missing", LONG).await, Err(PictureError::Child(_))));

        let stuck = programs.pictures("stuck", SHORT);
        let place = stuck.places.acquire().await.expect("a place");
        let waiting = stuck.thumbnail(large()).await;
        assert!(matches!(waiting, Err(PictureError::Busy)), "{waiting:?}");
        drop(place);

        let long = Bytes::from(vec![0; 30 * 1024 * 1024 + 1]);
        assert!(matches!(
            stuck.thumbnail(long).await,
            Err(PictureError::TooLong { .. })
        ));
    }
}
