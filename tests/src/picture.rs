//! Pictures of one's own, small to write and large to decode.

/// A PNG of noise in so many pixels.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut noise = 0x9e37_79b9_u32;
    let mut rows = Vec::new();
    for _ in 0..height {
        // Each row begins with the word for «as it is».
        rows.extend([0]);
        rows.extend((0..width * 3).map(|_| {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            noise.to_le_bytes()[0]
        }));
    }
    png_of(width, height, &rows)
}

/// A PNG that claims so many pixels and has hardly any.
pub fn claiming_png(width: u32, height: u32) -> Vec<u8> {
    png_of(width, height, &[0; 1_024])
}

/// The format's parts: header, data that is stored as it is, end (RFC 2083).
fn png_of(width: u32, height: u32, rows: &[u8]) -> Vec<u8> {
    let mut header = Vec::new();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, b"IHDR", &header);
    chunk(&mut png, b"IDAT", &stored(rows));
    chunk(&mut png, b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    png.extend(u32::try_from(data.len()).expect("a small chunk").to_be_bytes());
    let begin = png.len();
    png.extend(name);
    png.extend(data);
    let sum = crc(&png[begin..]);
    png.extend(sum.to_be_bytes());
}

/// Stored blocks of RFC 1951 in the frame of RFC 1950.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = data.chunks(0xffff).peekable();
    while let Some(block) = blocks.next() {
        out.push(u8::from(blocks.peek().is_none()));
        let length = u16::try_from(block.len()).expect("a block's length");
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in data {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    out.extend(((b << 16) | a).to_be_bytes());
    out
}

fn crc(data: &[u8]) -> u32 {
    !data.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            }
        })
    })
}
