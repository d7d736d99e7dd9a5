//! What is said of files: types, names and keys.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Invalid, invalid::check_text, limits};

/// What a file is called that has no name.
const UNNAMED: &str = "file";

/// What a file is when nobody knows.
const UNDETECTED: &str = "application/octet-stream";

/// Every type that is accepted, in groups.
const ACCEPTED: &[&str] = &[
    UNDETECTED,
    // Images.
    "image/bmp",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/svg+xml",
    "image/tiff",
    "image/webp",
    // Documents.
    "application/msword",
    "application/pdf",
    "application/rtf",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.oasis.opendocument.presentation",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    // Text.
    "application/json",
    "text/csv",
    "text/html",
    "text/markdown",
    "text/plain",
    "text/xml",
    // Archives.
    "application/gzip",
    "application/vnd.rar",
    "application/x-7z-compressed",
    "application/x-rar-compressed",
    "application/x-tar",
    "application/zip",
    // Sound and film.
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "video/mp4",
    "video/ogg",
    "video/quicktime",
    "video/webm",
];

/// What a page may show in place, because nothing in it can act. Everything else is downloaded.
const INLINE: &[&str] = &[
    "application/pdf",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "image/bmp",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/tiff",
    "image/webp",
    "video/mp4",
    "video/ogg",
    "video/quicktime",
    "video/webm",
];

/// A media type of the closed list of those that are accepted: lower case, without parameters (RFC 9110, section 8.3.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
pub struct ContentType(&'static str);

impl ContentType {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        ACCEPTED.iter().map(|known| Self(known))
    }

    /// The accepted type that is declared, whatever its case and parameters; `None` when it is not accepted. Nothing declared is
    /// `application/octet-stream`.
    pub fn declared(text: &str) -> Option<Self> {
        let essence = text.split(';').next().unwrap_or_default().trim();
        if essence.is_empty() {
            return text.trim().is_empty().then_some(Self(UNDETECTED));
        }
        let known = ACCEPTED.iter().find(|known| essence.eq_ignore_ascii_case(known));
        known.map(|known| Self(known))
    }

    /// The type of what nobody knows.
    pub fn undetected() -> Self {
        Self(UNDETECTED)
    }

    /// The type as text.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// Whether a page may show it in place.
    pub fn is_inline(self) -> bool {
        INLINE.contains(&self.0)
    }

    /// Whether it is an image of pixels, which has a size and a thumbnail.
    pub fn is_picture(self) -> bool {
        self.0.starts_with("image/") && self.is_inline()
    }
}

impl fmt::Display for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentType({})", self.0)
    }
}

impl Serialize for ContentType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for ContentType {
    /// A type that this version does not accept is one that nobody knows.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = ContentType;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a media type")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<ContentType, E> {
                Ok(ContentType::declared(text).unwrap_or(ContentType(UNDETECTED)))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

/// The name of a file as people see it: 1–255 characters, no path, nothing that does not show.
#[derive(Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
pub struct FileName(Arc<str>);

impl FileName {
    /// The name without what does not belong into one: the path before it, control characters, marks that turn the direction of
    /// writing (U+202E makes `gpj.exe` of `exe.jpg`). What is left empty is called `file`.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        check_text("filename", text, limits::FILE_NAME)?;
        let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let name: String = name.chars().filter(|character| shows(*character)).collect();
        let name = name.trim();
        let empty = name.is_empty() || name.chars().all(|character| character == '.');
        Ok(Self(Arc::from(if empty { UNNAMED } else { name })))
    }

    /// The name of a file that has none.
    pub fn unnamed() -> Self {
        Self(Arc::from(UNNAMED))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn shows(character: char) -> bool {
    let turns = matches!(character, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}');
    !character.is_control() && !turns && !breaks
}

impl fmt::Debug for FileName {
    // Names of files never reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileName({} bytes)", self.0.len())
    }
}

impl Serialize for FileName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for FileName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = FileName;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string for filename")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<FileName, E> {
                // Requests hold raw text; this was written by a server.
                Ok(FileName(Arc::from(text)))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

/// Where bytes lie in the file store. Made by the server, opaque to everybody else.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileKey(Arc<str>);

impl FileKey {
    /// Take a key that the server has made.
    pub fn made(key: &str) -> Self {
        Self(Arc::from(key))
    }

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the thumbnail of this file lies.
    pub fn thumbnail(&self) -> Self {
        Self(Arc::from(format!("{}{THUMBNAIL}", self.0)))
    }

    /// The file that this is the thumbnail of, if it is one.
    pub fn of_thumbnail(key: &str) -> Option<&str> {
        key.strip_suffix(THUMBNAIL)
    }
}

const THUMBNAIL: &str = ".thumbnail";

impl fmt::Debug for FileKey {
    // Whoever reads a log learns no key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileKey({} bytes)", self.0.len())
    }
}

/// Why files are not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileRefused {
    /// Too many bytes.
    #[error("the file is larger than {0} bytes")]
    TooLarge(u64),
    /// Too many files in one message.
    #[error("a message has at most {} files", limits::ATTACHMENTS)]
    TooMany,
    /// Of a type that is not accepted, or not of the type that it is said to be.
    #[error("files of this type are not accepted, or the file is not of this type")]
    Type,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_read_whatever_its_case_and_parameters() {
        let declared = |text| ContentType::declared(text).map(ContentType::as_str);
        assert_eq!(declared("Image/PNG"), Some("image/png"));
        assert_eq!(declared("text/plain; charset=utf-8"), Some("text/plain"));
        assert_eq!(declared(" "), Some("application/octet-stream"));
        for unknown in [
            ";image/png",
            "image",
            "image/png/x",
            "application/x-msdownload",
            "text/javascript",
        ] {
            assert_eq!(declared(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn nothing_that_can_act_is_shown_in_place() {
        for active in [
            "text/html",
            "image/svg+xml",
            "text/xml",
            "application/octet-stream",
            "application/json",
            "text/plain",
        ] {
            assert!(!ContentType::declared(active).unwrap().is_inline(), "{active}");
        }
        assert!(ContentType::all().filter(|known| known.is_picture()).count() == 6);
        assert!(ContentType::all().all(|known| ContentType::declared(known.as_str()) == Some(known)));
    }

    #[test]
    fn a_name_is_only_a_name() {
        let name = |text: &str| FileName::new(text).unwrap().as_str().to_owned();
        assert_eq!(name("../../etc/passwd"), "passwd");
        assert_eq!(name(r"C:\Users\x\r.pdf"), "r.pdf");
        assert_eq!(name("a\r\nSet-Cookie: b=\"c\".png"), "aSet-Cookie: b=\"c\".png");
        assert_eq!(name("invoice\u{202e}fdp.exe"), "invoicefdp.exe");
        for empty in ["", "  ", "..", "a/", "\u{202e}"] {
            assert_eq!(name(empty), "file", "{empty:?}");
        }
        assert_eq!(name("Счёт №5.pdf"), "Счёт №5.pdf");
        assert!(FileName::new(&"a".repeat(10_000)).is_err());
        assert!(!format!("{:?}", FileName::new("secret.pdf").unwrap()).contains("secret"));
    }
}
