//! Files of messages, as the edge sees them: uploads that it lets in, checks and makes final, and links that end with the reader's
//! access. The bytes themselves never pass through here.

mod finish;
mod link;
mod seal;
mod upload;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use mtchat_files::{FileOptions, FileOptionsError, FileStore, PictureOptions, Pictures, Shown};
use mtchat_protocol::{Attachment, AttachmentView, FileKey, Thumbnail};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use self::seal::Seal;
pub(crate) use self::{
    link::{FileLink, Wanted},
    upload::{Upload, UploadRequest},
};

/// How long a link into the store lives that nobody looks after any more: less than the five minutes in which access has to end, with
/// what a browser remembers of a redirection.
const DIRECT: Duration = Duration::from_secs(120);
/// How long a link lives that is told to all members at once. It is not bound to one of them, so it is all the time there is.
const TOLD: Duration = Duration::from_secs(300);
/// How often it is looked whether the store is there.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How files are kept and shown.
#[derive(Debug, Clone)]
pub struct FilesOptions {
    /// Where they are.
    pub store: FileOptions,
    /// How long a link for an upload lives.
    pub upload_lifetime: Duration,
    /// How long a link for readers lives.
    pub link_lifetime: Duration,
    /// Most bytes of a file.
    pub most_bytes: u64,
    /// The program that makes thumbnails when it is called with `picture`; without one there are none.
    pub picture_program: Option<PathBuf>,
}

/// The file store of an edge. Clones are the same.
#[derive(Clone)]
pub struct Files(Arc<Parts>);

struct Parts {
    options: FilesOptions,
    store: FileStore,
    pictures: Option<Pictures>,
    seal: Seal,
    up: AtomicBool,
}

impl Files {
    /// After the options. Nothing is asked of the store yet.
    pub(crate) fn new(options: FilesOptions) -> Result<Self, FileOptionsError> {
        let store = FileStore::new(options.store.clone())?;
        let pictures = options
            .picture_program
            .clone()
            .map(|program| Pictures::new(program, PictureOptions::default()));
        let seal = Seal::new(&options.store.secret_access_key);
        Ok(Self(Arc::new(Parts {
            options,
            store,
            pictures,
            seal,
            up: AtomicBool::new(false),
        })))
    }

    /// Whether the store answered when it was last asked.
    pub(crate) fn is_up(&self) -> bool {
        self.0.up.load(Ordering::Relaxed)
    }

    /// Most bytes of a file.
    pub(crate) fn most_bytes(&self) -> u64 {
        self.0.options.most_bytes
    }

    /// See to it that the bucket is as it has to be, and look whether the store is there. Until told to stop.
    pub(crate) async fn run(self, stop: CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.watch() => {}
        }
    }

    async fn watch(&self) {
        let mut prepared = false;
        loop {
            let up = if prepared {
                self.0.store.is_up().await
            } else {
                // Whoever has a signed link may use it from any page: there is nothing else that a page could use here.
                match self.0.store.prepare(&["*".to_owned()]).await {
                    Ok(()) => true,
                    Err(error) => {
                        tracing::debug!(%error, "the file store is not ready");
                        false
                    }
                }
            };
            prepared |= up;
            if self.0.up.swap(up, Ordering::Relaxed) != up {
                metrics::gauge!("mtchat_files_up").set(f64::from(u8::from(up)));
                if up {
                    tracing::info!("the file store is there");
                } else {
                    tracing::warn!("the file store does not answer; chat goes on without files");
                }
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// Links that are told to all members at once, with a message that is new.
    pub(crate) async fn tell(&self, attachment: &Attachment, view: &mut AttachmentView) {
        view.url = self.direct(attachment, Wanted::File, TOLD).await;
        view.thumbnail_url = self.direct(attachment, Wanted::Thumbnail, TOLD).await;
    }

    /// Where a reader who was let in finds the bytes, for a moment.
    pub(crate) async fn follow(&self, attachment: &Attachment, wanted: Wanted) -> Option<String> {
        self.direct(attachment, wanted, DIRECT).await
    }

    async fn direct(&self, attachment: &Attachment, wanted: Wanted, lifetime: Duration) -> Option<String> {
        let (key, shown) = match (wanted, attachment.thumbnail) {
            (Wanted::Thumbnail, Thumbnail::None) => return None,
            (Wanted::Thumbnail, Thumbnail::Jpeg | Thumbnail::Png) => {
                (attachment.key.thumbnail(), shown_small(attachment))
            }
            (Wanted::File, _) | (Wanted::Thumbnail, Thumbnail::Itself) => {
                (attachment.key.clone(), shown(attachment))
            }
        };
        self.signed(&key, &shown, lifetime).await
    }

    async fn signed(&self, key: &FileKey, shown: &Shown, lifetime: Duration) -> Option<String> {
        match self.0.store.presign_get(key.as_str(), shown, lifetime).await {
            Ok(url) => Some(url),
            Err(error) => {
                tracing::error!(%error, "a link could not be signed");
                None
            }
        }
    }
}

/// What can act in a page is never shown as what it is.
fn shown(attachment: &Attachment) -> Shown {
    let inline = attachment.content_type.is_inline();
    let content_type = if inline {
        attachment.content_type.as_str()
    } else {
        "application/octet-stream"
    };
    Shown {
        content_type: content_type.to_owned(),
        inline,
        filename: attachment.filename.as_str().to_owned(),
    }
}

fn shown_small(attachment: &Attachment) -> Shown {
    Shown {
        content_type: attachment.thumbnail.content_type().unwrap_or_default().to_owned(),
        inline: true,
        filename: attachment.filename.as_str().to_owned(),
    }
}
