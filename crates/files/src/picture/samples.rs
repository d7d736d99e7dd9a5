//! Pictures for tests, whole and hostile.

use std::io::{Cursor, Write};

use fastrand::Rng;
use flate2::{Compression, Crc, write::ZlibEncoder};
use image::{DynamicImage, Frame, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage, codecs::gif::GifEncoder};

pub(super) const FORMATS: [ImageFormat; 6] = [
    ImageFormat::Jpeg,
    ImageFormat::Png,
    ImageFormat::Gif,
    ImageFormat::WebP,
    ImageFormat::Bmp,
    ImageFormat::Tiff,
];

/// The one colour of [`picture`].
pub(super) const COLOUR: [u8; 3] = [200, 100, 50];

pub(super) fn picture(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
    encoded(&RgbImage::from_pixel(width, height, Rgb(COLOUR)).into(), format)
}

pub(super) fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("a picture");
    bytes.into_inner()
}

pub(super) fn turned(format: ImageFormat, width: u32, height: u32, orientation: u16) -> Vec<u8> {
    if format == ImageFormat::Tiff {
        return tiff(width, height, orientation);
    }
    with_exif(&picture(format, width, height), format, orientation)
}

pub(super) fn with_exif(picture: &[u8], format: ImageFormat, orientation: u16) -> Vec<u8> {
    let exif = directory(&[(274, orientation.into())]);
    match format {
        ImageFormat::Jpeg => {
            let length = u16::try_from(exif.len() + 8).expect("short").to_be_bytes();
            [
                &picture[..2],
                b"\xFF\xE1",
                &length,
                b"Exif\0\0",
                &exif,
                &picture[2..],
            ]
            .concat()
        }
        ImageFormat::Png => [&picture[..33], &chunk(b"eXIf", &exif), &picture[33..]].concat(),
        ImageFormat::WebP => {
            let sides = u32::from_le_bytes(picture[21..25].try_into().expect("four bytes"));
            let (width, height) = ((sides & 0x3FFF) + 1, (sides >> 14 & 0x3FFF) + 1);
            riff(
                &[
                    &extended(0x08, width, height),
                    &picture[12..],
                    &webp_chunk(b"EXIF", &exif),
                ]
                .concat(),
            )
        }
        _ => panic!("{format:?} has no EXIF"),
    }
}

pub(super) fn moving_gif(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    for colour in [[255, 0, 0, 255], [0, 255, 0, 255]] {
        let frame = Frame::new(RgbaImage::from_pixel(width, height, Rgba(colour)));
        encoder.encode_frame(frame).expect("a frame");
    }
    drop(encoder);
    bytes
}

pub(super) fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    png_of(width, height, 8, 6, &[0; 1_000_000])
}

/// A PNG file with any header, and in it `rows`, packed.
pub(super) fn png_of(width: u32, height: u32, depth: u8, colour: u8, rows: &[u8]) -> Vec<u8> {
    png(width, height, &[depth, colour], &[chunk(b"IDAT", &packed(rows))])
}

pub(super) fn png_with_packed_profile(width: u32, height: u32, profile: &[u8]) -> Vec<u8> {
    let profile = [&b"a\0\0"[..], &packed(profile)].concat();
    let rows = packed(&vec![0; (width as usize * 3 + 1) * height as usize]);
    png(
        width,
        height,
        &[8, 2],
        &[chunk(b"iCCP", &profile), chunk(b"IDAT", &rows)],
    )
}

/// A GIF file with a screen of this size, and one frame of the same.
pub(super) fn gif_claiming(width: u16, height: u16) -> Vec<u8> {
    gif_with_frame(width, height, width, height)
}

pub(super) fn gif_with_frame(width: u16, height: u16, frame_width: u16, frame_height: u16) -> Vec<u8> {
    let mut bytes = b"GIF89a".to_vec();
    bytes.extend([width, height].iter().flat_map(|side| side.to_le_bytes()));
    // A palette of two colours.
    bytes.extend(b"\x80\0\0\0\0\0\xFF\xFF\xFF,\0\0\0\0");
    bytes.extend(
        [frame_width, frame_height]
            .iter()
            .flat_map(|side| side.to_le_bytes()),
    );
    bytes.extend(b"\0\x02\x02\x44\x01\0;");
    bytes
}

/// A WebP file with a canvas of this size, and one pixel of its pixels.
pub(super) fn webp_claiming(width: u32, height: u32) -> Vec<u8> {
    let picture = picture(ImageFormat::WebP, 1, 1);
    riff(&[&extended(0, width, height), &picture[12..]].concat())
}

/// One to eight bytes are others, or gone, or there twice.
pub(super) fn mutated(picture: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = picture.to_vec();
    for _ in 0..rng.usize(1..=8) {
        // Headers are worth most of the blows.
        let end = if rng.bool() {
            bytes.len().min(64)
        } else {
            bytes.len()
        };
        let at = rng.usize(..end);
        match rng.u8(..6) {
            0 => drop(bytes.remove(at)),
            1 => bytes.insert(at, bytes[at]),
            2 => bytes[at] = 0xFF,
            3 => bytes[at] = 0,
            _ => bytes[at] = rng.u8(..),
        }
    }
    bytes
}

fn png(width: u32, height: u32, depth_and_colour: &[u8], chunks: &[Vec<u8>]) -> Vec<u8> {
    let header = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        depth_and_colour,
        &[0; 3],
    ]
    .concat();
    let magic = b"\x89PNG\r\n\x1a\n";
    [
        &magic[..],
        &chunk(b"IHDR", &header),
        &chunks.concat(),
        &chunk(b"IEND", b""),
    ]
    .concat()
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("short").to_be_bytes();
    let mut sum = Crc::new();
    sum.update(kind);
    sum.update(data);
    [&length, kind, data, &sum.sum().to_be_bytes()].concat()
}

fn packed(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).expect("memory");
    encoder.finish().expect("memory")
}

fn riff(chunks: &[u8]) -> Vec<u8> {
    let length = u32::try_from(chunks.len() + 4).expect("short").to_le_bytes();
    [b"RIFF", &length, b"WEBP", chunks].concat()
}

fn extended(flags: u8, width: u32, height: u32) -> Vec<u8> {
    let side = |side: u32| (side - 1).to_le_bytes();
    let data = [&[flags, 0, 0, 0][..], &side(width)[..3], &side(height)[..3]].concat();
    webp_chunk(b"VP8X", &data)
}

fn webp_chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("short").to_le_bytes();
    [kind, &length, data, &[0; 1][..data.len() % 2]].concat()
}

/// A directory of numbers of 32 bits, but for the orientation.
fn directory(entries: &[(u16, u32)]) -> Vec<u8> {
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    bytes.extend(u16::try_from(entries.len()).expect("few").to_le_bytes());
    for (tag, value) in entries {
        let kind: u16 = if *tag == 274 { 3 } else { 4 };
        bytes.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        bytes.extend([1_u32.to_le_bytes(), value.to_le_bytes()].concat());
    }
    bytes.extend([0; 4]);
    bytes
}

/// A grey one.
fn tiff(width: u32, height: u32, orientation: u16) -> Vec<u8> {
    let pixels = width * height;
    let mut entries = vec![
        (256, width),
        (257, height),
        (258, 8),
        (259, 1),
        (262, 1),
        (273, 0),
    ];
    entries.extend([(274, orientation.into()), (277, 1), (278, height), (279, pixels)]);
    let length = u32::try_from(directory(&entries).len()).expect("short");
    entries[5].1 = length;
    [directory(&entries), vec![128; pixels as usize]].concat()
}
