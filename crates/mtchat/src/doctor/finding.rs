use std::fmt;

use serde::Serialize;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it must be.
    Ok,
    /// It works; somebody should know of it.
    Warning,
    /// It does not work, or not for long.
    Problem,
}

/// One thing that was looked at, in plain words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub subject: String,
    /// How it is.
    pub verdict: Verdict,
    /// What was seen, and what to do about it.
    pub says: String,
}

/// Everything that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// In the order in which it is told.
    pub findings: Vec<Finding>,
}

impl Finding {
    /// It is as it must be.
    pub fn ok(subject: &str, says: impl Into<String>) -> Self {
        Self {
            subject: subject.to_owned(),
            verdict: Verdict::Ok,
            says: says.into(),
        }
    }

    /// It is not.
    pub fn problem(subject: &str, says: impl Into<String>) -> Self {
        Self {
            subject: subject.to_owned(),
            verdict: Verdict::Problem,
            says: says.into(),
        }
    }

    /// Somebody should know.
    pub fn warning(subject: &str, says: impl Into<String>) -> Self {
        Self {
            subject: subject.to_owned(),
            verdict: Verdict::Warning,
            says: says.into(),
        }
    }
}

impl Report {
    /// Whether there is no problem.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.problems() == 0
    }

    /// For programs: `{"ok", "findings": [{"subject", "verdict", "says"}]}`.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::json!({ "ok": self.is_well(), "findings": self.findings }).to_string()
    }

    fn problems(&self) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.verdict == Verdict::Problem)
            .count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self
            .findings
            .iter()
            .map(|finding| finding.subject.chars().count())
            .max()
            .unwrap_or(0);
        for Finding {
            subject,
            verdict,
            says,
        } in &self.findings
        {
            let word = match verdict {
                Verdict::Ok => "ok",
                Verdict::Warning => "warning",
                Verdict::Problem => "PROBLEM",
            };
            // Further lines stand under the first one.
            let says = says.replace('\n', &format!("\n{:indent$}", "", indent = width + 11));
            writeln!(formatter, "{word:<7}  {subject:<width$}  {says}")?;
        }
        match self.problems() {
            0 => writeln!(formatter, "\nAll is well."),
            1 => writeln!(formatter, "\n1 problem."),
            many => writeln!(formatter, "\n{many} problems."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_is_a_table_in_plain_words() {
        let report = Report {
            findings: vec![
                Finding::ok("broker", "nats-server 2.15.1"),
                Finding::warning("secrets", "JWT_SECRET is short"),
                Finding::problem("Postgres", "does not answer:\nis it running?"),
            ],
        };
        let expected = "\
ok       broker    nats-server 2.15.1
warning  secrets   JWT_SECRET is short
PROBLEM  Postgres  does not answer:
                   is it running?

1 problem.
";
        assert_eq!(report.to_string(), expected);
        assert!(!report.is_well());
        let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
        assert_eq!(json["ok"], false);
        assert_eq!(json["findings"][1]["verdict"], "warning");
    }

    #[test]
    fn warnings_alone_are_no_problem() {
        let report = Report {
            findings: vec![Finding::warning("open files", "few")],
        };
        assert!(report.is_well());
        assert!(report.to_string().ends_with("\nAll is well.\n"));
    }
}
