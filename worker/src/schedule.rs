use std::{cmp::Ordering, fmt, str::FromStr};

use croner::{
    CivilDate, CivilDateTime, CivilTime, Cron, CronDateTime, Resolution, Weekday,
    errors::CronError,
    parser::{CronParser, Seconds, Year},
};
use mtchat_protocol::Timestamp;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

/// When a job is to run: six fields as cron has them, seconds first, in UTC.
#[derive(Clone, PartialEq, Eq)]
pub struct Schedule(Cron);

/// A text that is no schedule. The text itself is not repeated: it may be a secret in the wrong place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a schedule of six fields, seconds first, such as `0 */5 * * * *`, that fits some moment")]
pub struct NotASchedule;

impl Schedule {
    /// Every five minutes.
    pub const EVERY_FIVE_MINUTES: &'static str = "0 */5 * * * *";

    /// The newest moment of it that has come.
    pub fn newest(&self, now: Timestamp) -> Option<Timestamp> {
        let found = self.0.find_previous_occurrence(&Second::of(now), true);
        found.ok().map(Second::timestamp)
    }

    /// The next moment of it that is to come.
    pub fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let found = self.0.find_next_occurrence(&Second::of(now), false);
        found.ok().map(Second::timestamp)
    }
}

impl FromStr for Schedule {
    type Err = NotASchedule;

    fn from_str(text: &str) -> Result<Self, NotASchedule> {
        let parser = CronParser::builder()
            .seconds(Seconds::Required)
            .year(Year::Disallowed)
            .build();
        let schedule = Self(parser.parse(text).map_err(|_| NotASchedule)?);
        // There is no 30th of February.
        let ever = schedule.next(Timestamp::from_micros(0)).is_some();
        ever.then_some(schedule).ok_or(NotASchedule)
    }
}

impl fmt::Debug for Schedule {
    /// As it was written, and not what that means second by second.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Schedule").field(&self.0.as_str()).finish()
    }
}

/// A whole second in UTC, for who searches in calendars.
#[derive(Clone)]
struct Second(OffsetDateTime);

impl Second {
    fn of(at: Timestamp) -> Self {
        Self(at.to_offset())
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_offset(self.0)
    }
}

impl CronDateTime for Second {
    fn to_civil(&self) -> CivilDateTime {
        let Self(at) = self;
        let month = u32::from(u8::from(at.month()));
        CivilDateTime::new(
            CivilDate::from_parts_unchecked(at.year(), month, u32::from(at.day())),
            CivilTime::from_parts_unchecked(
                u32::from(at.hour()),
                u32::from(at.minute()),
                u32::from(at.second()),
            ),
        )
    }

    fn civil_weekday(&self) -> Weekday {
        Weekday::from_days_from_sunday(u32::from(self.0.weekday().number_days_from_sunday()))
    }

    fn resolve_civil(&self, civil: CivilDateTime) -> Result<Resolution<Self>, CronError> {
        let date = date_of(civil).ok_or(CronError::InvalidDate)?;
        let time = time_of(civil).ok_or(CronError::InvalidTime)?;
        let at = PrimitiveDateTime::new(date, time).assume_utc();
        Ok(Resolution::Single(Self(at)))
    }

    fn checked_add_seconds(&self, seconds: i64) -> Option<Self> {
        self.0.checked_add(time::Duration::seconds(seconds)).map(Self)
    }

    fn cmp_instant(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

fn date_of(civil: CivilDateTime) -> Option<Date> {
    let month = Month::try_from(u8::try_from(civil.month()).ok()?).ok()?;
    let day = u8::try_from(civil.day()).ok()?;
    Date::from_calendar_date(civil.year(), month, day).ok()
}

fn time_of(civil: CivilDateTime) -> Option<Time> {
    let hour = u8::try_from(civil.hour()).ok()?;
    let minute = u8::try_from(civil.minute()).ok()?;
    let second = u8::try_from(civil.second()).ok()?;
    Time::from_hms(hour, minute, second).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        serde_json::from_value(serde_json::json!(text)).unwrap()
    }

    #[test]
    fn the_newest_moment_has_come_and_the_next_one_has_not() {
        for (schedule, now, newest, next) in [
            (
                "0 */5 * * * *",
                "2026-01-01T00:07:12.5Z",
                "2026-01-01T00:05:00Z",
                "2026-01-01T00:10:00Z",
            ),
            (
                "* * * * * *",
                "2026-01-01T00:00:00.999999Z",
                "2026-01-01T00:00:00Z",
                "2026-01-01T00:00:01Z",
            ),
            (
                "0 30 3 * * MON",
                "2026-01-05T03:29:59Z",
                "2025-12-29T03:30:00Z",
                "2026-01-05T03:30:00Z",
            ),
            (
                "0 0 0 29 2 *",
                "2026-06-01T00:00:00Z",
                "2024-02-29T00:00:00Z",
                "2028-02-29T00:00:00Z",
            ),
            // The very moment has come.
            (
                "0 0 4 * * *",
                "2026-03-29T04:00:00Z",
                "2026-03-29T04:00:00Z",
                "2026-03-30T04:00:00Z",
            ),
        ] {
            let parsed: Schedule = schedule.parse().unwrap();
            assert_eq!(parsed.newest(at(now)), Some(at(newest)), "{schedule}");
            assert_eq!(parsed.next(at(now)), Some(at(next)), "{schedule}");
        }
    }

    #[test]
    fn what_is_no_schedule_of_six_fields_is_refused() {
        for text in [
            "",
            "*/5 * * * *",
            "0 0 0 1 1 * 2030",
            "61 * * * * *",
            "every minute",
            "0 0 0 30 2 *",
        ] {
            assert_eq!(text.parse::<Schedule>(), Err(NotASchedule), "{text:?}");
        }
        assert!(Schedule::EVERY_FIVE_MINUTES.parse::<Schedule>().is_ok());
    }
}
