use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use mtchat_protocol::{AppId, AttachmentId, AttachmentLinks, AttachmentView, MessageView, Timestamp, UserId};
use subtle::ConstantTimeEq;

use super::{Files, seal::SEAL};

/// Longest link, so that nobody makes us decode a book.
const LONGEST: usize = 2_048;
/// Before the user's id: the moments of its making and its end.
const TIMES: usize = 16;

/// What a link leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The file.
    File,
    /// A small picture of it.
    Thumbnail,
}

impl Wanted {
    /// The last word of the link's path.
    fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Thumbnail => "thumbnail",
        }
    }
}

/// A link of ours that is good: it was made for this reader and has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileLink {
    pub(crate) app: AppId,
    pub(crate) user: UserId,
    pub(crate) issued_at: Timestamp,
}

impl Files {
    /// Links for a reader. Whether they may read is asked again when one is used.
    pub(crate) fn links(
        &self,
        base: &str,
        app: &AppId,
        user: &UserId,
        file: &AttachmentView,
    ) -> AttachmentLinks {
        let link = |wanted| self.link(base, app, user, file.id, wanted);
        AttachmentLinks {
            url: link(Wanted::File),
            thumbnail_url: (!file.thumbnail.is_none()).then(|| link(Wanted::Thumbnail)),
            expires_in: self.0.options.link_lifetime.as_secs(),
        }
    }

    /// The same, in messages.
    pub(crate) fn link_messages<'a>(
        &self,
        base: &str,
        app: &AppId,
        user: &UserId,
        messages: impl IntoIterator<Item = &'a mut MessageView>,
    ) {
        for file in messages.into_iter().flat_map(|message| &mut message.attachments) {
            let links = self.links(base, app, user, file);
            (file.url, file.thumbnail_url) = (Some(links.url), links.thumbnail_url);
        }
    }

    fn link(&self, base: &str, app: &AppId, user: &UserId, id: AttachmentId, wanted: Wanted) -> String {
        let now = Timestamp::now().micros();
        let lifetime = i64::try_from(self.0.options.link_lifetime.as_micros()).unwrap_or(i64::MAX);
        let mut told = Vec::with_capacity(TIMES + 1 + app.as_str().len() + user.as_str().len() + SEAL);
        told.extend_from_slice(&now.to_be_bytes());
        told.extend_from_slice(&now.saturating_add(lifetime).to_be_bytes());
        // An app id is short (at most 63 bytes).
        told.push(u8::try_from(app.as_str().len()).unwrap_or(u8::MAX));
        told.extend_from_slice(app.as_str().as_bytes());
        told.extend_from_slice(user.as_str().as_bytes());
        let seal = self.seal(id, wanted, &told);
        told.extend_from_slice(&seal);
        let link = URL_SAFE_NO_PAD.encode(told);
        format!("{base}/api/v1/attachments/{id}/{}?link={link}", wanted.word())
    }

    /// Read a link; `None` when it is not one of ours for this file, or has ended.
    pub(crate) fn read_link(&self, id: AttachmentId, wanted: Wanted, link: &str) -> Option<FileLink> {
        if link.len() > LONGEST {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(link).ok()?;
        let (told, seal) = bytes.split_at_checked(bytes.len().checked_sub(SEAL)?)?;
        if !bool::from(self.seal(id, wanted, told).as_slice().ct_eq(seal)) {
            return None;
        }
        let moment = |bytes: &[u8]| Some(Timestamp::from_micros(i64::from_be_bytes(bytes.try_into().ok()?)));
        let (times, who) = told.split_at_checked(TIMES)?;
        let (issued_at, ends_at) = (moment(&times[..8])?, moment(&times[8..])?);
        let (length, who) = who.split_first()?;
        let (app, user) = who.split_at_checked(usize::from(*length))?;
        let text = |bytes| std::str::from_utf8(bytes).ok();
        (Timestamp::now() < ends_at).then_some(())?;
        Some(FileLink {
            app: AppId::new(text(app)?).ok()?,
            user: UserId::new(text(user)?).ok()?,
            issued_at,
        })
    }

    fn seal(&self, id: AttachmentId, wanted: Wanted, told: &[u8]) -> [u8; SEAL] {
        self.0.seal.over(wanted.word(), &[id.0.as_bytes(), told])
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use mtchat_files::FileOptions;
    use uuid::Uuid;

    use super::*;
    use crate::files::FilesOptions;

    fn files(secret: &str, lifetime: Duration) -> Files {
        let store = FileOptions {
            endpoint: "http://127.0.0.1:9".to_owned(),
            public_endpoint: None,
            bucket: "attachments".to_owned(),
            region: "us-east-1".to_owned(),
            access_key_id: "key".to_owned(),
            secret_access_key: secret.to_owned(),
            path_style: true,
            create_bucket: false,
            timeout: Duration::from_secs(1),
        };
        Files::new(FilesOptions {
            store,
            upload_lifetime: lifetime,
            link_lifetime: lifetime,
            most_bytes: 1,
            picture_program: None,
        })
        .unwrap()
    }

    fn link_of(files: &Files, id: AttachmentId) -> String {
        let (app, user) = (AppId::default_app(), UserId::new("bob ☃").unwrap());
        let url = files.link("http://chat", &app, &user, id, Wanted::File);
        url.split_once("?link=").unwrap().1.to_owned()
    }

    #[test]
    fn a_link_is_good_for_one_file_in_one_form_only() {
        let files = files("secret", Duration::from_secs(60));
        let id = AttachmentId(Uuid::from_u128(1));
        let link = link_of(&files, id);
        let read = files.read_link(id, Wanted::File, &link).unwrap();
        assert_eq!((read.app, read.user.as_str()), (AppId::default_app(), "bob ☃"));
        assert_eq!(files.read_link(id, Wanted::Thumbnail, &link), None);
        assert_eq!(
            files.read_link(AttachmentId(Uuid::from_u128(2)), Wanted::File, &link),
            None
        );
    }

    #[test]
    fn a_link_that_was_changed_or_made_elsewhere_is_none() {
        let ours = files("secret", Duration::from_secs(60));
        let id = AttachmentId(Uuid::from_u128(1));
        let theirs = link_of(&files("another", Duration::from_secs(60)), id);
        assert_eq!(ours.read_link(id, Wanted::File, &theirs), None);
        let good = URL_SAFE_NO_PAD.decode(link_of(&ours, id)).unwrap();
        for place in 0..good.len() {
            let mut changed = good.clone();
            changed[place] ^= 1;
            assert_eq!(
                ours.read_link(id, Wanted::File, &URL_SAFE_NO_PAD.encode(changed)),
                None,
                "{place}"
            );
            let cut = URL_SAFE_NO_PAD.encode(&good[..place]);
            assert_eq!(ours.read_link(id, Wanted::File, &cut), None, "{place}");
        }
    }

    #[test]
    fn a_link_ends() {
        let files = files("secret", Duration::ZERO);
        let id = AttachmentId(Uuid::from_u128(1));
        assert_eq!(files.read_link(id, Wanted::File, &link_of(&files, id)), None);
    }
}
