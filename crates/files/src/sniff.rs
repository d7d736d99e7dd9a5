//! What a file really is, by its first bytes.

mod text;

use infer::{archive, audio, image};

/// So many bytes of a file are looked at.
pub const SNIFFED: usize = 64 * 1024;

/// The start of every file of the old office programs, and of the new ones' files that have a password.
const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// In an EBML header the name of what is inside stands this near to the start.
const EBML_NAME_WITHIN: usize = 128;

/// Whether a file that is declared as `declared`, one of the accepted types in its normal spelling, can be one: `start` is
/// its first 64 KiB, or all of it when it is shorter.
///
/// Says nothing about what follows the start, and nothing good about the file: a picture may still be broken, a document may
/// still be hostile. `application/octet-stream` may be anything; a type that is not accepted is never what it says.
pub fn is_what_it_says(declared: &str, start: &[u8]) -> bool {
    let start = start.get(..SNIFFED).unwrap_or(start);
    match declared {
        "application/octet-stream" => true,
        "text/plain" | "text/csv" | "text/markdown" | "text/html" | "text/xml" | "application/json" => {
            text::is_text(start) && !is_readable_document(start)
        }
        "image/svg+xml" => text::is_svg(start),
        "application/pdf" => is_pdf(start),
        "application/rtf" => archive::is_rtf(start),
        // A short text can begin with nearly every signature of two or four letters; no file of these formats is text.
        _ => has_signature(declared, start) && !text::is_text(start),
    }
}

/// Documents that can consist of nothing but text, but are not meant to be read as such.
fn is_readable_document(start: &[u8]) -> bool {
    is_pdf(start) || archive::is_rtf(start)
}

/// Some programs write a byte order mark or an empty line first, and every reader takes it.
fn is_pdf(start: &[u8]) -> bool {
    let start = start.strip_prefix(text::UTF8_MARK).unwrap_or(start);
    start.trim_ascii_start().starts_with(b"%PDF-")
}

fn has_signature(declared: &str, start: &[u8]) -> bool {
    match declared {
        "image/jpeg" => image::is_jpeg(start),
        "image/png" => start.starts_with(b"\x89PNG\r\n\x1a\n"),
        "image/gif" => start.starts_with(b"GIF87a") || start.starts_with(b"GIF89a"),
        "image/webp" => start.starts_with(b"RIFF") && image::is_webp(start),
        "image/bmp" => is_bmp(start),
        "image/tiff" => [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"]
            .iter()
            .any(|magic| start.starts_with(*magic)),
        "application/msword" | "application/vnd.ms-excel" | "application/vnd.ms-powerpoint" => {
            start.starts_with(COMPOUND)
        }
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        | "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        | "application/vnd.openxmlformats-officedocument.presentationml.presentation" => {
            archive::is_zip(start) || start.starts_with(COMPOUND)
        }
        "application/vnd.oasis.opendocument.text"
        | "application/vnd.oasis.opendocument.spreadsheet"
        | "application/vnd.oasis.opendocument.presentation"
        | "application/zip" => archive::is_zip(start),
        "application/x-rar-compressed" | "application/vnd.rar" => archive::is_rar(start),
        "application/x-7z-compressed" => archive::is_7z(start),
        "application/gzip" => archive::is_gz(start),
        "application/x-tar" => archive::is_tar(start),
        "audio/mpeg" => start.starts_with(b"ID3") || is_mpeg_frame(start),
        "audio/wav" => audio::is_wav(start),
        "audio/ogg" | "video/ogg" => start.starts_with(b"OggS"),
        "audio/mp4" | "video/mp4" => is_mp4(start),
        "video/quicktime" => is_quicktime(start),
        "video/webm" => is_webm(start),
        _ => false,
    }
}

/// `BM` alone begins many things: the size of the second header has to be one that exists.
fn is_bmp(start: &[u8]) -> bool {
    let header = start
        .get(14..18)
        .and_then(|size| size.try_into().ok())
        .map(u32::from_le_bytes);
    start.starts_with(b"BM") && matches!(header, Some(12 | 16 | 40 | 52 | 56 | 64 | 108 | 124))
}

/// The header of a frame of MPEG audio, layer II or III. Layer I is long gone, and its first bytes are a byte order mark.
fn is_mpeg_frame(start: &[u8]) -> bool {
    let &[0xFF, second, third, ..] = start else {
        return false;
    };
    let version = second >> 3 & 0b11;
    let layer = second >> 1 & 0b11;
    let (bitrate, frequency) = (third >> 4, third >> 2 & 0b11);
    second >> 5 == 0b111 && version != 0b01 && matches!(layer, 0b01 | 0b10) && bitrate != 15 && frequency != 3
}

/// Still pictures use the same container.
fn is_mp4(start: &[u8]) -> bool {
    has_box(start, &[b"ftyp"]) && !image::is_heif(start) && !image::is_avif(start)
}

/// Old cameras begin with any of these.
fn is_quicktime(start: &[u8]) -> bool {
    is_mp4(start) || has_box(start, &[b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"])
}

fn has_box(start: &[u8], names: &[&[u8; 4]]) -> bool {
    start
        .get(4..8)
        .is_some_and(|name| names.iter().any(|known| name == *known))
}

fn is_webm(start: &[u8]) -> bool {
    let header = start.get(..EBML_NAME_WITHIN).unwrap_or(start);
    start.starts_with(&[0x1A, 0x45, 0xDF, 0xA3])
        && (text::contains(header, b"webm") || text::contains(header, b"matroska"))
}

#[cfg(test)]
mod tests;
