//! Figures beside their goals.

use std::fmt;

/// What is wanted of a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
    /// It is only told.
    None,
}

/// One figure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub(crate) what: &'static str,
    pub(crate) goal: Goal,
    pub(crate) measured: f64,
    pub(crate) unit: &'static str,
}

/// The middle one of some figures, or the upper one of the two in the middle.
pub(crate) fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.into_iter().collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Write the table, each line with what it is of its goal and whether that is reached.
pub(crate) fn write(f: &mut fmt::Formatter<'_>, lines: &[Line]) -> fmt::Result {
    write!(f, "  {:<50}{:>12}{:>14}{:>10}", "", "goal", "measured", "ratio")?;
    for line in lines {
        write!(f, "\n  {line}")?;
    }
    Ok(())
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            goal,
            measured,
            unit,
        } = *self;
        let (wanted, ratio, verdict) = match goal {
            Goal::AtLeast(least) => (format!("≥ {least}"), measured / least, measured >= least),
            Goal::AtMost(most) => (format!("≤ {most}"), measured / most, measured <= most),
            Goal::None => return write!(f, "{what:<50}{:>12}{:>14}", "", shown(measured, unit)),
        };
        let verdict = if verdict { "reached" } else { "MISSED" };
        let measured = shown(measured, unit);
        write!(f, "{what:<50}{wanted:>12}{measured:>14}{ratio:>10.2}  {verdict}")
    }
}

/// Large figures have no digits behind the point.
fn shown(figure: f64, unit: &str) -> String {
    let digits: usize = if figure.abs() < 100.0 { 2 } else { 0 };
    format!("{figure:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_whether_its_goal_is_reached() {
        let line = |goal, measured| Line {
            what: "something",
            goal,
            measured,
            unit: "/s",
        };
        let reached = line(Goal::AtLeast(500.0), 1_000.0).to_string();
        assert!(
            reached.contains("≥ 500") && reached.contains("1000 /s"),
            "{reached}"
        );
        assert!(reached.ends_with("2.00  reached"), "{reached}");
        let missed = line(Goal::AtMost(1.1), 1.32).to_string();
        assert!(missed.ends_with("1.20  MISSED"), "{missed}");
        let told = line(Goal::None, 12.345).to_string();
        assert!(told.ends_with("12.35 /s") || told.ends_with("12.34 /s"), "{told}");
    }

    #[test]
    fn a_median_is_one_of_the_figures() {
        assert_eq!(median([3.0, 1.0, 2.0]).to_bits(), 2.0_f64.to_bits());
        assert!(median([]).is_nan());
    }
}
