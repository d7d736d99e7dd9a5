//! The directory of a TIFF file, which EXIF uses as well: a list of numbered facts.

/// The first directory.
pub(super) struct Directory<'a> {
    order: Order,
    entries: &'a [[u8; 12]],
}

#[derive(Clone, Copy)]
enum Order {
    LeastFirst,
    MostFirst,
}

impl<'a> Directory<'a> {
    /// Finds the directory in a whole TIFF file or the start of one, or nothing when it begins behind that. Entries that are cut
    /// off are not there.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let order = match bytes.first_chunk()? {
            b"II*\0" => Order::LeastFirst,
            b"MM\0*" => Order::MostFirst,
            _ => return None,
        };
        let at = usize::try_from(order.long(*bytes.get(4..)?.first_chunk()?)).ok()?;
        let directory = bytes.get(at..)?;
        let count = usize::from(order.short(*directory.first_chunk()?));
        let (entries, _) = directory.get(2..)?.as_chunks();
        Some(Self {
            order,
            entries: entries.get(..count).unwrap_or(entries),
        })
    }

    /// The number under a tag, when there is exactly one and it is of 16 or 32 bits.
    pub(super) fn number(&self, tag: u16) -> Option<u32> {
        let entry = self
            .entries
            .iter()
            .find(|entry| self.order.short([entry[0], entry[1]]) == tag)?;
        let [_, _, k0, k1, c0, c1, c2, c3, v0, v1, v2, v3] = *entry;
        if self.order.long([c0, c1, c2, c3]) != 1 {
            return None;
        }
        match self.order.short([k0, k1]) {
            3 => Some(u32::from(self.order.short([v0, v1]))),
            4 => Some(self.order.long([v0, v1, v2, v3])),
            _ => None,
        }
    }
}

impl Order {
    fn short(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::LeastFirst => u16::from_le_bytes(bytes),
            Self::MostFirst => u16::from_be_bytes(bytes),
        }
    }

    fn long(self, bytes: [u8; 4]) -> u32 {
        match self {
            Self::LeastFirst => u32::from_le_bytes(bytes),
            Self::MostFirst => u32::from_be_bytes(bytes),
        }
    }
}
