//! What the documentation says in tables is what the program says of itself. `UPDATE_DOCS=1 cargo nextest run documented` writes it there.

use std::{fs, path::Path};

use mtchat::{metrics, settings::catalogue};

const PAGE: &str = "../docs/configuration.md";

/// What stands between the markers of a name, with where it begins and ends.
fn between<'a>(page: &'a str, name: &str) -> (usize, usize, &'a str) {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->\n"));
    let from = page
        .find(&begin)
        .unwrap_or_else(|| panic!("{PAGE} has no {begin}"))
        + begin.len();
    let to = from
        + page[from..]
            .find(&end)
            .unwrap_or_else(|| panic!("{PAGE} has no {end}"));
    (from, to, &page[from..to])
}

/// Each table with the name of its place.
fn tables() -> Vec<(String, String)> {
    let sections = catalogue::SECTIONS.iter().map(|section| {
        let name = if section.name.is_empty() {
            "general"
        } else {
            section.name
        };
        (format!("settings: {name}"), catalogue::section_markdown(section))
    });
    sections
        .chain([("metrics".to_owned(), metrics::markdown())])
        .collect()
}

#[test]
fn the_tables_of_settings_and_metrics_are_those_of_this_build() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let mut page = fs::read_to_string(&path).unwrap();
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    for (name, table) in tables() {
        let (from, to, written) = between(&page, &name);
        let expected = format!("\n{table}\n");
        if written == expected {
            continue;
        }
        assert!(
            update,
            "{PAGE}: `{name}` is out of date: UPDATE_DOCS=1 cargo nextest run documented"
        );
        page.replace_range(from..to, &expected);
    }
    if update {
        fs::write(&path, page).unwrap();
    }
}

#[test]
fn every_variable_is_documented_once() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE)).unwrap();
    for setting in catalogue::SECTIONS.iter().flat_map(|section| section.settings) {
        for variable in setting.variables() {
            assert!(
                page.contains(&format!("`{variable}`")),
                "{variable} is not documented"
            );
        }
    }
}
