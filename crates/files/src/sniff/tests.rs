use super::*;

const TEXTS: &[&str] = &[
    "text/plain",
    "text/csv",
    "text/markdown",
    "text/html",
    "text/xml",
    "application/json",
];
const OFFICE: &[&str] = &[
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
];
const OPEN: &[&str] = &[
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
];
const OLD: &[&str] = &[
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
];
const ZIP: &[&str] = &["application/zip"];
const RAR: &[&str] = &["application/x-rar-compressed", "application/vnd.rar"];
const MP4: &[&str] = &["audio/mp4", "video/mp4", "video/quicktime"];
const OGG: &[&str] = &["audio/ogg", "video/ogg"];

/// A kind of file, the least of one, and every type that it may be declared as.
type Kind = (&'static str, &'static [u8], &'static [&'static [&'static str]]);

const KINDS: &[Kind] = &[
    ("jpeg", b"\xFF\xD8\xFF\xE0\0\x10JFIF\0", &[&["image/jpeg"]]),
    ("png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", &[&["image/png"]]),
    ("gif", b"GIF89a\x01\0\x01\0\0\0\0;", &[&["image/gif"]]),
    ("webp", b"RIFF\x1a\0\0\0WEBPVP8L", &[&["image/webp"]]),
    (
        "svg",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        &[&["image/svg+xml"], TEXTS],
    ),
    (
        "bmp",
        b"BM\x3A\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01",
        &[&["image/bmp"]],
    ),
    ("tiff", b"II*\0\x08\0\0\0\0\0", &[&["image/tiff"]]),
    ("tiff of Motorola", b"MM\0*\0\0\0\x08\0\0", &[&["image/tiff"]]),
    ("pdf", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n", &[&["application/pdf"]]),
    ("pdf in ASCII", b"\n%PDF-1.4\n1 0 obj", &[&["application/pdf"]]),
    ("rtf", b"{\\rtf1\\ansi a}", &[&["application/rtf"]]),
    (
        "compound",
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0\0\0",
        &[OLD, OFFICE],
    ),
    ("zip", b"PK\x03\x04\x14\0\0\0\x08\0", &[ZIP, OFFICE, OPEN]),
    (
        "empty zip",
        b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        &[ZIP, OFFICE, OPEN],
    ),
    ("rar", b"Rar!\x1A\x07\x01\0", &[RAR]),
    (
        "7z",
        b"7z\xBC\xAF\x27\x1C\0\x04",
        &[&["application/x-7z-compressed"]],
    ),
    ("gzip", b"\x1F\x8B\x08\0\0\0\0\0\0\x03", &[&["application/gzip"]]),
    ("tar", &TAR, &[&["application/x-tar"]]),
    ("mp3 with a title", b"ID3\x03\0\0\0\0\0\0", &[&["audio/mpeg"]]),
    ("mp3", b"\xFF\xFB\x90\x64\0\0", &[&["audio/mpeg"]]),
    ("mp3 of a low rate", b"\xFF\xF3\x40\xC4\0\0", &[&["audio/mpeg"]]),
    ("wav", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0", &[&["audio/wav"]]),
    ("ogg", b"OggS\0\x02\0\0", &[OGG]),
    ("mp4", b"\0\0\0\x18ftypisom\0\0\x02\0isommp42", &[MP4]),
    ("m4a", b"\0\0\0\x18ftypM4A \0\0\x02\0isommp42", &[MP4]),
    (
        "old mov",
        b"\0\0\0\x08wide\0\0\x01\0mdat",
        &[&["video/quicktime"]],
    ),
    (
        "webm",
        b"\x1A\x45\xDF\xA3\x9F\x42\x86\x81\x01\x42\x82\x84webm",
        &[&["video/webm"]],
    ),
    (
        "mkv",
        b"\x1A\x45\xDF\xA3\xA3\x42\x82\x88matroska",
        &[&["video/webm"]],
    ),
    ("text", "Привет, мир\n".as_bytes(), &[TEXTS]),
    ("csv", b"a;b\r\n1;2\r\n", &[TEXTS]),
    ("html", b"<!doctype html><html><svg/></html>", &[TEXTS]),
    ("xml", b"<?xml version=\"1.0\"?><a/>", &[TEXTS]),
    ("json", b"{\"a\": 1}", &[TEXTS]),
    ("nothing", b"", &[TEXTS]),
    ("exe", b"MZ\x90\0\x03\0\0\0\x04\0\0\0", &[]),
    ("elf", b"\x7FELF\x02\x01\x01\0", &[]),
    ("heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", &[]),
    ("aac", b"\xFF\xF1\x50\x80\0\x1F\xFC", &[]),
    ("avi", b"RIFF\x24\0\0\0AVI LIST", &[]),
    ("zeros", &[0; 600], &[]),
];

/// The name of the only file, and the mark behind the header's older part.
const TAR: [u8; 512] = {
    let mut tar = [0; 512];
    tar[0] = b'a';
    let (mark, mut at) = (b"ustar", 0);
    while at < mark.len() {
        tar[257 + at] = mark[at];
        at += 1;
    }
    tar
};

fn accepted() -> Vec<&'static str> {
    let mut types: Vec<&str> = KINDS.iter().flat_map(|(_, _, types)| types.concat()).collect();
    types.sort_unstable();
    types.dedup();
    types
}

#[test]
fn every_accepted_type_has_a_sample() {
    assert_eq!(accepted().len(), 38, "{:?}", accepted());
}

#[test]
fn every_kind_is_taken_under_its_types_and_under_no_other() {
    for (kind, bytes, types) in KINDS {
        for declared in accepted() {
            let taken = is_what_it_says(declared, bytes);
            assert_eq!(taken, types.concat().contains(&declared), "{kind} as {declared}");
        }
        assert!(is_what_it_says("application/octet-stream", bytes), "{kind}");
    }
}

#[test]
fn text_that_begins_like_something_else_is_text() {
    for text in [
        "BM is a name",
        "GIF89a is a format",
        "ID3,name\n1,a\n",
        "MZ",
        "The moov atom",
        "OggS and WebM",
        "RIFF1234WEBP",
        "PK",
        "SQLite",
        "%!",
    ] {
        for declared in accepted() {
            let taken = is_what_it_says(declared, text.as_bytes());
            let is_text = declared.starts_with("text/") || declared == "application/json";
            assert_eq!(taken, is_text, "{text} as {declared}");
        }
    }
}

#[test]
fn a_mark_of_utf16_is_no_sound() {
    for page in [&b"\xFF\xFE<\0h\0t\0m\0l\0>\0"[..], b"\xFE\xFF\0<\0h\0t\0m\0l\0>"] {
        assert!(!is_what_it_says("audio/mpeg", page));
        assert!(is_what_it_says("text/html", page));
    }
}

#[test]
fn only_the_start_is_looked_at() {
    let mut long = vec![b'a'; SNIFFED];
    long.push(0);
    assert!(is_what_it_says("text/plain", &long));
    assert!(!is_what_it_says("text/plain", &long[1..]));
}

#[test]
fn a_type_that_nobody_accepts_is_not_what_it_says() {
    for declared in ["", "text/javascript", "image/heic", "IMAGE/PNG", "image/png; a=b"] {
        assert!(!is_what_it_says(declared, b"\x89PNG\r\n\x1a\n"), "{declared}");
    }
}
