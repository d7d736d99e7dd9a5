use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
#[cfg(not(target_arch = "wasm32"))]
use time::OffsetDateTime;

/// A moment in UTC with microsecond precision (what Postgres keeps); RFC 3339 on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
pub struct Timestamp(i64);

const MICROS: i64 = 1_000_000;
const DAY: i64 = 86_400 * MICROS;
/// The first moment of the year −9999, and the last of the year 9999.
const CALENDAR: std::ops::RangeInclusive<i64> = -377_705_116_800 * MICROS..=253_402_300_800 * MICROS - 1;

impl Timestamp {
    /// From microseconds since the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The system's clock.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn now() -> Self {
        Self::from_offset(OffsetDateTime::now_utc())
    }

    /// From a date and time with any offset.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn from_offset(at: OffsetDateTime) -> Self {
        let micros = at.unix_timestamp_nanos().div_euclid(1_000);
        Self(i64::try_from(micros).unwrap_or(i64::MAX))
    }

    /// As a date and time in UTC; moments outside the calendar (±9999 years) become the epoch.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn to_offset(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Read RFC 3339 with any offset; what is finer than a microsecond is cut off. A leap second is the last microsecond before it.
    fn parse(text: &str) -> Option<Self> {
        let mut text = text.as_bytes();
        let year = digits(&mut text, 4, 9_999)?;
        taken(&mut text, b"-")?;
        let month = digits(&mut text, 2, 12).filter(|month| *month > 0)?;
        taken(&mut text, b"-")?;
        let day = digits(&mut text, 2, days_of(year, month)).filter(|day| *day > 0)?;
        taken(&mut text, b"Tt ")?;
        let hour = digits(&mut text, 2, 23)?;
        taken(&mut text, b":")?;
        let minute = digits(&mut text, 2, 59)?;
        taken(&mut text, b":")?;
        let second = digits(&mut text, 2, 60)?;
        let mut micros = 0;
        if taken(&mut text, b".").is_some() {
            let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
            for place in 0..count.max(6) {
                let digit = if place < count {
                    digits(&mut text, 1, 9)?
                } else {
                    0
                };
                micros = if place < 6 { micros * 10 + digit } else { micros };
            }
            if count == 0 {
                return None;
            }
        }
        let offset = match taken(&mut text, b"Zz+-")? {
            sign @ (b'+' | b'-') => {
                let hours = digits(&mut text, 2, 23)?;
                taken(&mut text, b":")?;
                let minutes = hours * 60 + digits(&mut text, 2, 59)?;
                if sign == b'-' { -minutes } else { minutes }
            }
            _ => 0,
        };
        let minutes = days_before(year, month, day) * 1_440 + hour * 60 + minute - offset;
        let leap = second == 60;
        if leap && (minutes.rem_euclid(1_440) != 1_439 || !is_last_of_month(minutes.div_euclid(1_440))) {
            return None;
        }
        let (second, micros) = if leap { (59, MICROS - 1) } else { (second, micros) };
        let at = (minutes * 60 + second) * MICROS + micros;
        (text.is_empty() && CALENDAR.contains(&at)).then_some(Self(at))
    }
}

/// A number of so many digits, up to a greatest one.
fn digits(text: &mut &[u8], count: usize, most: i64) -> Option<i64> {
    let (number, rest) = text.split_at_checked(count)?;
    *text = rest;
    let number = number.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit()
            .then(|| number * 10 + i64::from(byte - b'0'))
    });
    number.filter(|number| *number <= most)
}

/// One of these letters.
fn taken(text: &mut &[u8], letters: &[u8]) -> Option<u8> {
    let (letter, rest) = text.split_first()?;
    letters.contains(letter).then(|| {
        *text = rest;
        *letter
    })
}

fn days_of(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 (Hinnant, "chrono-compatible low-level date algorithms": years begin in March, eras of 400 years).
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year.div_euclid(400) * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a number of days since 1970-01-01.
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12 + 1;
    (
        days.div_euclid(146_097) * 400 + year + i64::from(month <= 2),
        month,
        day,
    )
}

fn is_last_of_month(days: i64) -> bool {
    let (year, month, day) = date_of(days);
    day == days_of(year, month)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is outside of the calendar becomes the epoch.
        let at = if CALENDAR.contains(&self.0) { self.0 } else { 0 };
        let (year, month, day) = date_of(at.div_euclid(DAY));
        let of_day = at.rem_euclid(DAY);
        let (seconds, micro) = (of_day / MICROS, of_day % MICROS);
        let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micro:06}Z"
        )
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Timestamp;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date and time after RFC 3339")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
                Timestamp::parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;
    use time::{UtcOffset, format_description::well_known::Rfc3339};

    use super::*;

    #[test]
    fn a_moment_survives_the_wire() {
        let at = Timestamp::from_micros(1_764_000_000_000_042);
        let json = serde_json::to_string(&at).unwrap();
        assert_eq!(json, "\"2025-11-24T16:00:00.000042Z\"");
        assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), at);
    }

    #[test]
    fn other_offsets_are_read_as_utc() {
        let at: Timestamp = serde_json::from_str("\"2025-11-24T19:00:00+03:00\"").unwrap();
        assert_eq!(at.to_string(), "2025-11-24T16:00:00.000000Z");
    }

    /// What the calendar's library reads.
    fn theirs(text: &str) -> Option<Timestamp> {
        let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        Some(Timestamp::from_offset(at.checked_to_offset(UtcOffset::UTC)?))
    }

    #[test]
    fn every_moment_is_written_and_read_as_the_library_does() {
        let seed = fastrand::u64(..);
        let mut rng = Rng::with_seed(seed);
        for _ in 0..50_000 {
            let at = Timestamp::from_micros(rng.i64(-62_167_219_200 * MICROS..253_402_300_800 * MICROS));
            let offset = UtcOffset::from_whole_seconds(rng.i32(-1_439..1_440) * 60).unwrap();
            assert_eq!(Timestamp::parse(&at.to_string()), Some(at), "seed {seed}");
            assert_eq!(theirs(&at.to_string()), Some(at), "seed {seed}");
            let Some(elsewhere) = at.to_offset().checked_to_offset(offset) else {
                continue;
            };
            let Ok(written) = elsewhere.format(&Rfc3339) else {
                continue;
            };
            assert_eq!(Timestamp::parse(&written), Some(at), "{written}, seed {seed}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused_as_the_library_does() {
        let seed = fastrand::u64(..);
        let mut rng = Rng::with_seed(seed);
        let letters = b"0123456789-+:.TZtz 6";
        let mut read = 0;
        for _ in 0..100_000 {
            let text = [
                "2024-02-29T23:59:60Z",
                "2024-06-30T23:59:60.5+00:00",
                "1999-12-31T23:59:59.123456789-11:30",
            ];
            let mut text = text[rng.usize(..3)].as_bytes().to_vec();
            for _ in 0..rng.usize(..3) {
                let place = rng.usize(..text.len());
                match rng.u8(..4) {
                    0 => drop(text.remove(place)),
                    1 => text.insert(place, letters[rng.usize(..letters.len())]),
                    _ => text[place] = letters[rng.usize(..letters.len())],
                }
            }
            let text = String::from_utf8(text).unwrap();
            let ours = Timestamp::parse(&text);
            if text
                .as_bytes()
                .get(10)
                .is_none_or(|between| !b"Tt ".contains(between))
            {
                // The library takes anything between date and time.
                assert_eq!(ours, None, "{text}, seed {seed}");
                continue;
            }
            read += u32::from(ours.is_some());
            assert_eq!(ours, theirs(&text), "{text}, seed {seed}");
        }
        assert!(read > 10_000, "{read}");
    }

    #[test]
    fn what_an_offset_pushes_out_of_the_calendar_is_refused() {
        for text in ["9999-12-31T23:59:59-00:01", "9999-12-31T23:59:59.999999-23:59"] {
            assert_eq!(Timestamp::parse(text), None);
        }
    }

    #[test]
    fn what_is_outside_of_the_calendar_is_written_as_the_epoch() {
        for micros in [i64::MIN, i64::MAX, *CALENDAR.end() + 1, *CALENDAR.start() - 1] {
            assert_eq!(
                Timestamp::from_micros(micros).to_string(),
                "1970-01-01T00:00:00.000000Z"
            );
        }
    }
}
