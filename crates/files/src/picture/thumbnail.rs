use std::io::Cursor;

use bytes::Bytes;
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, ImageResult, Limits,
    codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType, PngEncoder},
    },
    imageops,
    metadata::Orientation,
};

use super::{PictureError, Size, size};

/// A thumbnail is at most so many pixels wide, and high.
pub const THUMBNAIL_SIDE: u32 = 640;

/// A picture that fits needs no thumbnail unless it is larger than this, in bytes.
const ENOUGH: usize = 64 * 1024;
/// A picture of more pixels is not decoded.
const MOST_PIXELS: u64 = 50_000_000;
/// A decoder may take so many bytes for pixels, and once more for what it does on the way.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;
/// Of a JPEG, of a hundred.
const QUALITY: u8 = 80;

/// A small picture of a picture, upright, with nothing in it but pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// How large it is: no side above [`THUMBNAIL_SIDE`].
    pub size: Size,
    /// `image/jpeg`, or `image/png` when something shows through.
    pub content_type: &'static str,
    /// The file.
    pub bytes: Bytes,
}

/// Makes a thumbnail of a JPEG, PNG, GIF, WebP, BMP or TIFF picture; of the first frame when it moves, of the first page when it
/// has several. Nothing when the picture itself serves as well: small in pixels and in bytes, and of a kind that browsers show.
///
/// # Errors
/// Says what is wrong with the picture. Decoders are strangers: this may take a lot of memory and time, and may panic. To be
/// called where that hurts nobody.
pub fn thumbnail(bytes: &[u8]) -> Result<Option<Thumbnail>, PictureError> {
    let format = known(bytes).ok_or(PictureError::Unsupported)?;
    // What a file claims is asked before a decoder believes it.
    let claimed = size(bytes).map_or(0, Size::pixels);
    if claimed > MOST_PIXELS {
        return Err(PictureError::TooLarge { pixels: claimed });
    }
    let (picture, orientation) = decode(bytes, format, claimed)?;
    if longest(&picture) <= THUMBNAIL_SIDE && bytes.len() <= ENOUGH && format != ImageFormat::Tiff {
        return Ok(None);
    }
    // Turned last: a turn is a copy, and of a small picture a cheap one.
    let mut picture = fitted(picture);
    picture.apply_orientation(orientation);
    encode(picture)
        .map(Some)
        .map_err(|error| refusal(&error, claimed))
}

fn known(bytes: &[u8]) -> Option<ImageFormat> {
    use ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff, WebP};
    let format = image::guess_format(bytes).ok()?;
    matches!(format, Bmp | Gif | Jpeg | Png | Tiff | WebP).then_some(format)
}

/// The picture as it is stored, and how to turn it.
fn decode(
    bytes: &[u8],
    format: ImageFormat,
    claimed: u64,
) -> Result<(DynamicImage, Orientation), PictureError> {
    let refused = |error: ImageError| refusal(&error, claimed);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MOST_PIXELS || decoder.total_bytes() > MOST_MEMORY {
        return Err(PictureError::TooLarge { pixels });
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    Ok((picture, orientation))
}

fn longest(picture: &DynamicImage) -> u32 {
    picture.width().max(picture.height())
}

fn fitted(picture: DynamicImage) -> DynamicImage {
    let (width, height) = (picture.width(), picture.height());
    let longest = longest(&picture);
    if longest <= THUMBNAIL_SIDE {
        return picture;
    }
    let scaled = |side: u32| {
        let side =
            (u64::from(side) * u64::from(THUMBNAIL_SIDE) + u64::from(longest) / 2) / u64::from(longest);
        u32::try_from(side).unwrap_or(THUMBNAIL_SIDE).max(1)
    };
    let (small_width, small_height) = (scaled(width), scaled(height));
    // The fine way works on floating point numbers, sixteen bytes for a pixel: first the coarse way, down to twice the size.
    let coarse = ((small_width * 2).min(width), (small_height * 2).min(height));
    let picture = if coarse == (width, height) {
        picture
    } else {
        picture.thumbnail_exact(coarse.0, coarse.1)
    };
    picture.resize_exact(small_width, small_height, imageops::FilterType::Triangle)
}

fn encode(picture: DynamicImage) -> ImageResult<Thumbnail> {
    let (width, height) = (picture.width(), picture.height());
    let mut bytes = Vec::new();
    let content_type = if shows_through(&picture) {
        let encoder =
            PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive);
        picture.into_rgba8().write_with_encoder(encoder)?;
        "image/png"
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
        picture.into_rgb8().write_with_encoder(encoder)?;
        "image/jpeg"
    };
    Ok(Thumbnail {
        size: Size { width, height },
        content_type,
        bytes: bytes.into(),
    })
}

/// Many pictures have a channel for it and do not use it.
fn shows_through(picture: &DynamicImage) -> bool {
    picture.color().has_alpha() && picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < u8::MAX)
}

fn refusal(error: &ImageError, pixels: u64) -> PictureError {
    match error {
        ImageError::Limits(_) => PictureError::TooLarge { pixels },
        ImageError::Unsupported(_) => PictureError::Unsupported,
        ImageError::Decoding(_)
        | ImageError::Encoding(_)
        | ImageError::IoError(_)
        | ImageError::Parameter(_) => PictureError::Broken,
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    use super::{super::samples, *};

    fn made(bytes: &[u8]) -> Thumbnail {
        thumbnail(bytes).expect("a picture").expect("a thumbnail")
    }

    fn decoded(thumbnail: &Thumbnail) -> DynamicImage {
        let format = ImageFormat::from_mime_type(thumbnail.content_type).expect("a type");
        image::load_from_memory_with_format(&thumbnail.bytes, format).expect("a picture")
    }

    #[test]
    fn a_large_picture_gets_a_small_one() {
        for format in samples::FORMATS {
            let small = made(&samples::picture(format, 1_300, 500));
            let expected = Size {
                width: 640,
                height: 246,
            };
            assert_eq!(
                (small.size, small.content_type),
                (expected, "image/jpeg"),
                "{format:?}"
            );
            let picture = decoded(&small);
            assert_eq!((picture.width(), picture.height()), (640, 246), "{format:?}");
            let colour = picture.to_rgb8().get_pixel(320, 123).0;
            let near = colour
                .iter()
                .zip(samples::COLOUR)
                .all(|(a, b)| a.abs_diff(b) < 16);
            assert!(near, "{format:?}: {colour:?}");
        }
    }

    #[test]
    fn a_small_one_serves_itself_when_browsers_show_it() {
        for format in samples::FORMATS {
            let done = thumbnail(&samples::picture(format, 140, 120)).expect("a picture");
            assert_eq!(done.is_none(), format != ImageFormat::Tiff, "{format:?}");
        }
        let heavy = samples::picture(ImageFormat::Bmp, 300, 200);
        assert!(heavy.len() > ENOUGH);
        let small = made(&heavy);
        assert_eq!(
            small.size,
            Size {
                width: 300,
                height: 200
            }
        );
        assert!(small.bytes.len() < heavy.len() / 10);
    }

    #[test]
    fn the_longest_strip_stays_a_strip() {
        for (width, height, expected) in [
            (100_000, 2, (640, 1)),
            (2, 40_000, (1, 640)),
            (641, 640, (640, 639)),
        ] {
            let small = made(&samples::picture(ImageFormat::Png, width, height));
            assert_eq!(
                (small.size.width, small.size.height),
                expected,
                "{width} x {height}"
            );
        }
    }

    #[test]
    fn it_is_upright() {
        let mut picture = RgbImage::from_pixel(800, 400, Rgb([255, 255, 255]));
        for (x, _, pixel) in picture.enumerate_pixels_mut() {
            if x < 400 {
                *pixel = Rgb([0, 0, 0]);
            }
        }
        let picture = samples::encoded(&picture.into(), ImageFormat::Jpeg);
        // Turned by a quarter clockwise: what was left is on top.
        let small = made(&samples::with_exif(&picture, ImageFormat::Jpeg, 6));
        assert_eq!(
            small.size,
            Size {
                width: 320,
                height: 640
            }
        );
        let picture = decoded(&small).to_luma8();
        assert!(picture.get_pixel(160, 100).0[0] < 64);
        assert!(picture.get_pixel(160, 500).0[0] > 192);
    }

    #[test]
    fn nothing_but_pixels_is_carried_over() {
        let picture = samples::picture(ImageFormat::Jpeg, 800, 400);
        let small = made(&samples::with_exif(&picture, ImageFormat::Jpeg, 6));
        assert!(!small.bytes.windows(4).any(|window| window == b"Exif"));
    }

    #[test]
    fn what_shows_through_keeps_showing_through() {
        let mut picture = RgbaImage::from_pixel(800, 800, Rgba([200, 100, 50, 255]));
        let small = made(&samples::encoded(&picture.clone().into(), ImageFormat::Png));
        assert_eq!(small.content_type, "image/jpeg");
        for x in 0..400 {
            for y in 0..400 {
                picture.put_pixel(x, y, Rgba([0, 0, 0, 0]));
            }
        }
        for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif] {
            let small = made(&samples::encoded(&picture.clone().into(), format));
            assert_eq!(small.content_type, "image/png", "{format:?}");
            let decoded = decoded(&small).to_rgba8();
            assert_eq!(decoded.get_pixel(10, 10).0[3], 0, "{format:?}");
            assert_eq!(decoded.get_pixel(630, 630).0[3], 255, "{format:?}");
        }
    }

    #[test]
    fn of_what_moves_the_first_frame_is_taken() {
        let small = made(&samples::moving_gif(700, 700));
        let colour = decoded(&small).to_rgb8().get_pixel(300, 300).0;
        assert!(colour[0] > 200 && colour[1] < 60, "{colour:?}");
    }

    #[test]
    fn a_bomb_does_not_go_off() {
        let began = Instant::now();
        for bomb in [
            samples::png_claiming(50_000, 50_000),
            samples::png_claiming(0x7FFF_FFFF, 0x7FFF_FFFF),
            samples::gif_claiming(65_535, 65_535),
            samples::webp_claiming(16_777_216, 256),
            samples::webp_claiming(16_383, 16_383),
        ] {
            let refused = thumbnail(&bomb);
            assert!(
                matches!(refused, Err(PictureError::TooLarge { pixels: 50_000_001.. })),
                "{refused:?}"
            );
        }
        // Inside of a small canvas a frame that is not.
        let frame = thumbnail(&samples::gif_with_frame(10, 10, 65_535, 65_535));
        assert!(frame.is_err(), "{frame:?}");
        // Sixteen bits for each of four channels: few enough pixels, too many bytes.
        let deep = thumbnail(&samples::png_of(7_000, 7_000, 16, 6, &[0; 1_000]));
        assert!(
            matches!(deep, Err(PictureError::TooLarge { pixels: 49_000_000 })),
            "{deep:?}"
        );
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }

    #[test]
    fn a_small_picture_that_unpacks_to_a_hundred_megabytes_is_read_as_small() {
        let began = Instant::now();
        let bomb = samples::png_of(10, 10, 8, 2, &vec![0; 100_000_000]);
        assert!(bomb.len() < 200_000, "{}", bomb.len());
        // Taken or refused, but not believed.
        drop(thumbnail(&bomb));
        let words = samples::png_with_packed_profile(10, 10, &vec![b'a'; 300_000_000]);
        drop(thumbnail(&words));
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    }

    #[test]
    fn what_is_cut_off_is_broken() {
        for format in samples::FORMATS {
            let whole = samples::picture(format, 700, 20);
            for parts in 1..8 {
                let cut = thumbnail(&whole[..whole.len() * parts / 8]);
                // A decoder of JPEG makes do with what is there.
                let expected = matches!(cut, Err(PictureError::Broken)) || format == ImageFormat::Jpeg;
                assert!(expected, "{format:?} {parts}: {cut:?}");
            }
        }
    }

    #[test]
    fn what_is_no_picture_is_unsupported() {
        for bytes in [
            &b""[..],
            b"<svg/>",
            b"%PDF-1.7",
            b"\0\0\x01\0\x01\0",
            b"P6 1 1 255 abc",
            b"qoif",
        ] {
            let refused = thumbnail(bytes);
            assert!(
                matches!(refused, Err(PictureError::Unsupported)),
                "{bytes:?}: {refused:?}"
            );
        }
    }
}
