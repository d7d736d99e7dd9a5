//! What the child tells its parent: one line, and after it the thumbnail when there is one.

use std::str;

use bytes::Bytes;

use super::{PictureError, Size, THUMBNAIL_SIDE, Thumbnail};
use crate::sniff::is_what_it_says;

/// What becomes of a picture.
pub(super) type Answer = Result<Option<Thumbnail>, PictureError>;

/// No answer is longer, in bytes.
pub(super) const LONGEST: u64 = 2 * 1024 * 1024;

pub(super) fn written(answer: &Answer) -> Vec<u8> {
    let line = match answer {
        Ok(Some(thumbnail)) => return with_bytes(thumbnail),
        Ok(None) => "needless".to_owned(),
        Err(PictureError::TooLarge { pixels }) => format!("too_large {pixels}"),
        Err(PictureError::TooLong { bytes }) => format!("too_long {bytes}"),
        Err(PictureError::Unsupported) => "unsupported".to_owned(),
        // The rest is what a parent finds out by itself.
        Err(
            PictureError::Broken
            | PictureError::Busy
            | PictureError::Child(_)
            | PictureError::Killed
            | PictureError::Timeout,
        ) => "broken".to_owned(),
    };
    (line + "\n").into_bytes()
}

/// Reads an answer, and believes nothing: a picture may have taken the child over.
pub(super) fn read(bytes: &Bytes) -> Option<Answer> {
    let end = bytes.iter().take(128).position(|byte| *byte == b'\n')?;
    let (line, rest) = (str::from_utf8(&bytes[..end]).ok()?, bytes.slice(end + 1..));
    let words: Vec<&str> = line.split(' ').collect();
    if let ["made", width, height, content_type, length] = words[..] {
        let thumbnail = Thumbnail {
            size: Size {
                width: side(width)?,
                height: side(height)?,
            },
            content_type: ["image/jpeg", "image/png"]
                .into_iter()
                .find(|known| *known == content_type)?,
            bytes: rest,
        };
        let is_whole = length.parse() == Ok(thumbnail.bytes.len());
        let is_one = is_what_it_says(thumbnail.content_type, &thumbnail.bytes);
        return (is_whole && is_one).then_some(Ok(Some(thumbnail)));
    }
    if !rest.is_empty() {
        return None;
    }
    match words[..] {
        ["needless"] => Some(Ok(None)),
        ["broken"] => Some(Err(PictureError::Broken)),
        ["unsupported"] => Some(Err(PictureError::Unsupported)),
        ["too_large", pixels] => Some(Err(PictureError::TooLarge {
            pixels: pixels.parse().ok()?,
        })),
        ["too_long", bytes] => Some(Err(PictureError::TooLong {
            bytes: bytes.parse().ok()?,
        })),
        _ => None,
    }
}

fn with_bytes(thumbnail: &Thumbnail) -> Vec<u8> {
    let Thumbnail {
        size,
        content_type,
        bytes,
    } = thumbnail;
    let line = format!(
        "made {} {} {content_type} {}\n",
        size.width,
        size.height,
        bytes.len()
    );
    [line.as_bytes(), bytes].concat()
}

fn side(word: &str) -> Option<u32> {
    word.parse()
        .ok()
        .filter(|side| (1..=THUMBNAIL_SIDE).contains(side))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(answer: &Answer) -> Answer {
        read(&written(answer).into()).expect("an answer")
    }

    #[test]
    fn what_is_written_is_read() {
        let thumbnail = Thumbnail {
            size: Size {
                width: 640,
                height: 1,
            },
            content_type: "image/jpeg",
            bytes: Bytes::from_static(b"\xFF\xD8\xFF\xE0\0\n\n"),
        };
        assert_eq!(
            again(&Ok(Some(thumbnail.clone()))).expect("made"),
            Some(thumbnail)
        );
        assert_eq!(again(&Ok(None)).expect("needless"), None);
        for error in [
            PictureError::Broken,
            PictureError::TooLarge { pixels: u64::MAX },
            PictureError::TooLong { bytes: 7 },
            PictureError::Unsupported,
        ] {
            let text = error.to_string();
            assert_eq!(again(&Err(error)).expect_err("an error").to_string(), text);
        }
    }

    #[test]
    fn a_child_is_not_believed() {
        for bytes in [
            &b""[..],
            b"needless",
            b"needless\nmore",
            b"broken 1\n",
            b"too_large many\n",
            b"made 640 640 image/jpeg 4\n\xFF\xD8\xFF",
            b"made 640 640 image/jpeg 3\n\xFF\xD8\xFF\xE0",
            b"made 641 640 image/jpeg 4\n\xFF\xD8\xFF\0",
            b"made 0 640 image/jpeg 4\n\xFF\xD8\xFF\0",
            b"made 640 640 text/html 4\n<p>\n",
            b"made 640 640 image/png 4\n\xFF\xD8\xFF\0",
            b"\xFF\n",
        ] {
            assert!(read(&Bytes::from_static(bytes)).is_none(), "{bytes:?}");
        }
    }
}
