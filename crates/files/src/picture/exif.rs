use super::directory::Directory;

const ORIENTATION: u16 = 274;

/// Whether a picture with this EXIF is shown lying on its side: rows are columns, and width is height.
pub(super) fn is_turned(exif: &[u8]) -> bool {
    Directory::read(exif).is_some_and(|directory| is_turned_in(&directory))
}

/// The same for a directory that is open already.
pub(super) fn is_turned_in(directory: &Directory<'_>) -> bool {
    matches!(directory.number(ORIENTATION), Some(5..=8))
}
