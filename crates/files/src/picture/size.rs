use super::{
    directory::Directory,
    exif::{is_turned, is_turned_in},
};

/// How large a picture is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// In pixels, at least one.
    pub width: u32,
    /// In pixels, at least one.
    pub height: u32,
}

impl Size {
    fn new(width: u32, height: u32) -> Option<Self> {
        (width > 0 && height > 0).then_some(Self { width, height })
    }

    fn turned(self, turned: bool) -> Self {
        if turned {
            Self {
                width: self.height,
                height: self.width,
            }
        } else {
            self
        }
    }

    /// Width by height.
    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// How large a JPEG, PNG, GIF, WebP, BMP or TIFF picture is shown, as its header claims: after the turn that EXIF asks for, as
/// far as that is in `start`, too. Nothing when it is no such picture or its header is not in `start`.
///
/// Decodes nothing and allocates nothing, and the claim may be absurd. A decoder would do more than this needs while it opens
/// a file: allocate what a header asks for, and give up on a start.
pub fn size(start: &[u8]) -> Option<Size> {
    match start {
        [0xFF, 0xD8, rest @ ..] => jpeg(rest),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', rest @ ..] => png(rest),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', rest @ ..] => gif(rest),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            rest @ ..,
        ] => webp(rest),
        [b'B', b'M', ..] => bmp(start),
        _ => tiff(start),
    }
}

/// Segments up to the one where pixels begin. The one with the size may come before or after EXIF.
fn jpeg(mut rest: &[u8]) -> Option<Size> {
    let (mut found, mut turned) = (None, None);
    while let [0xFF, after @ ..] = rest {
        let (marker, after) = after.split_first()?;
        match marker {
            // Any marker may be filled up in front.
            0xFF => {
                rest = rest.get(1..)?;
                continue;
            }
            0x01 | 0xD0..=0xD7 => {
                rest = after;
                continue;
            }
            0xD9 | 0xDA => break,
            _ => {}
        }
        let Some(length @ 2..) = be16(after, 0) else { break };
        let end = usize::from(length);
        let segment = after.get(2..end).or_else(|| after.get(2..))?;
        match marker {
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                found = Size::new(be16(segment, 3)?.into(), be16(segment, 1)?.into());
            }
            0xE1 if turned.is_none() => turned = segment.strip_prefix(b"Exif\0\0").map(is_turned),
            _ => {}
        }
        match after.get(end..) {
            Some(next) => rest = next,
            None => break,
        }
    }
    Some(found?.turned(turned.unwrap_or(false)))
}

/// The first chunk has the size; what comes up to the pixels may have EXIF.
fn png(mut rest: &[u8]) -> Option<Size> {
    if rest.get(..8)? != b"\0\0\0\x0DIHDR" {
        return None;
    }
    let found = Size::new(be32(rest, 8)?, be32(rest, 12)?)?;
    while let Some((length, kind)) = be32(rest, 0).zip(rest.get(4..8)) {
        let end = usize::try_from(length)
            .ok()
            .and_then(|length| length.checked_add(8));
        let Some(chunk) = end.and_then(|end| rest.get(8..end)) else {
            break;
        };
        match kind {
            b"eXIf" => return Some(found.turned(is_turned(chunk))),
            b"IDAT" | b"IEND" => break,
            _ => {}
        }
        // Behind the chunk stands a check sum.
        let Some(next) = rest.get(chunk.len() + 12..) else {
            break;
        };
        rest = next;
    }
    Some(found)
}

fn gif(rest: &[u8]) -> Option<Size> {
    Size::new(le16(rest, 0)?.into(), le16(rest, 2)?.into())
}

/// The first chunk has the size in one of three ways; in the third there may be EXIF, usually behind the pixels.
fn webp(rest: &[u8]) -> Option<Size> {
    let (kind, chunk) = (rest.get(..4)?, rest.get(8..)?);
    match kind {
        b"VP8 " if chunk.get(3..6)? == b"\x9D\x01\x2A" => {
            let side = |at| Some(u32::from(le16(chunk, at)? & 0x3FFF));
            Size::new(side(6)?, side(8)?)
        }
        b"VP8L" if chunk.first()? == &0x2F => {
            let sides = le32(chunk, 1)?;
            Size::new((sides & 0x3FFF) + 1, (sides >> 14 & 0x3FFF) + 1)
        }
        b"VP8X" => {
            let side = |at| Some((u32::from(*chunk.get(at + 2)?) << 16 | u32::from(le16(chunk, at)?)) + 1);
            let found = Size::new(side(4)?, side(7)?)?;
            Some(found.turned(webp_exif(rest).is_some_and(is_turned)))
        }
        _ => None,
    }
}

fn webp_exif(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let length = usize::try_from(le32(rest, 4)?).ok()?;
        let end = length.checked_add(8)?;
        if rest.get(..4)? == b"EXIF" {
            return rest.get(8..end);
        }
        // Chunks begin at even places.
        rest = rest.get(end.checked_add(length % 2)?..)?;
    }
}

/// Two generations of headers. A negative height is for rows that go from top to bottom.
fn bmp(start: &[u8]) -> Option<Size> {
    match le32(start, 14)? {
        12 => Size::new(le16(start, 18)?.into(), le16(start, 20)?.into()),
        16.. => {
            let (width, height) = (le32(start, 18)?.cast_signed(), le32(start, 22)?.cast_signed());
            Size::new(u32::try_from(width).ok()?, height.unsigned_abs())
        }
        _ => None,
    }
}

fn tiff(start: &[u8]) -> Option<Size> {
    let directory = Directory::read(start)?;
    let found = Size::new(directory.number(256)?, directory.number(257)?)?;
    Some(found.turned(is_turned_in(&directory)))
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|bytes| u16::from_be_bytes(*bytes))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|bytes| u32::from_be_bytes(*bytes))
}

fn le16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|bytes| u16::from_le_bytes(*bytes))
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|bytes| u32::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;
    use image::ImageFormat;

    use super::{super::samples, *};

    const SHOWN: Size = Size {
        width: 31,
        height: 17,
    };
    const TURNED: Size = Size {
        width: 17,
        height: 31,
    };

    #[test]
    fn the_header_says_the_size() {
        for format in samples::FORMATS {
            let picture = samples::picture(format, SHOWN.width, SHOWN.height);
            assert_eq!(size(&picture), Some(SHOWN), "{format:?}");
        }
        assert_eq!(
            size(&samples::gif_claiming(65_535, 65_534)).map(Size::pixels),
            Some(4_294_770_690)
        );
        let claimed = samples::webp_claiming(16_777_216, 256);
        assert_eq!(
            size(&claimed),
            Some(Size {
                width: 16_777_216,
                height: 256
            })
        );
        assert_eq!(
            size(&samples::png_claiming(50_000, 50_000)).map(Size::pixels),
            Some(2_500_000_000)
        );
    }

    #[test]
    fn headers_of_other_generations_are_understood() {
        let lossy = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9D\x01\x2A\x1F\x40\x11\xC0";
        assert_eq!(size(lossy), Some(SHOWN));
        let old = b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x0C\0\0\0\x1F\0\x11\0";
        assert_eq!(size(old), Some(SHOWN));
        let downwards = b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0\x1F\0\0\0\xEF\xFF\xFF\xFF";
        assert_eq!(size(downwards), Some(SHOWN));
        let most_first =
            b"MM\0*\0\0\0\x08\0\x02\x01\0\0\x03\0\0\0\x01\0\x1F\0\0\x01\x01\0\x04\0\0\0\x01\0\0\0\x11";
        assert_eq!(size(most_first), Some(SHOWN));
    }

    #[test]
    fn a_picture_on_its_side_is_shown_upright() {
        for format in [
            ImageFormat::Jpeg,
            ImageFormat::Png,
            ImageFormat::WebP,
            ImageFormat::Tiff,
        ] {
            for orientation in 1..=8 {
                let picture = samples::turned(format, SHOWN.width, SHOWN.height, orientation);
                let expected = if orientation > 4 { TURNED } else { SHOWN };
                assert_eq!(size(&picture), Some(expected), "{format:?} {orientation}");
            }
        }
        for nonsense in [0, 9, 65_535] {
            let picture = samples::turned(ImageFormat::Jpeg, SHOWN.width, SHOWN.height, nonsense);
            assert_eq!(size(&picture), Some(SHOWN), "{nonsense}");
        }
    }

    #[test]
    fn what_the_decoder_says_is_the_same() {
        for format in samples::FORMATS {
            let picture = samples::picture(format, 300, 200);
            let reader = image::ImageReader::with_format(std::io::Cursor::new(&picture), format);
            let (width, height) = reader.into_dimensions().expect("dimensions");
            assert_eq!(size(&picture), Some(Size { width, height }), "{format:?}");
        }
    }

    #[test]
    fn no_header_no_size() {
        for bytes in [
            &b""[..],
            b"GIF89a\0\0\0\0",
            b"GIF89a\x01",
            b"BM",
            b"\xFF\xD8",
            b"<svg/>",
            b"II*\0\xFF\xFF\xFF\xFF",
        ] {
            assert_eq!(size(bytes), None, "{bytes:?}");
        }
    }

    /// Nothing to expect of broken files but an answer.
    #[test]
    fn no_bytes_make_it_stumble() {
        let seed = fastrand::u64(..);
        println!("seed {seed}");
        let mut rng = Rng::with_seed(seed);
        let mut whole: Vec<Vec<u8>> = samples::FORMATS
            .iter()
            .map(|format| samples::picture(*format, 31, 17))
            .collect();
        whole.extend(
            [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP].map(|of| samples::turned(of, 31, 17, 6)),
        );
        for picture in &whole {
            for length in 0..picture.len() {
                size(&picture[..length]);
            }
            for _ in 0..20_000 {
                size(&samples::mutated(picture, &mut rng));
            }
        }
    }
}
