use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::{SECTIONS, Section, example};
use crate::settings::{Layer, Purpose, Settings, Sources};

/// The keys that the struct of a section has, as it tells them of one that it has not.
fn keys_of(section: &Section) -> BTreeSet<String> {
    let key = format!("{}.no_such_key", section.name);
    let sources = Sources {
        command_line: Layer::default().with(&key, true),
        ..Sources::default()
    };
    let problems = Settings::load(&sources, Purpose::Inspect).unwrap_err().problems;
    let told = problems[0]
        .split_once("its keys are ")
        .expect("its keys are told")
        .1;
    told.split(", ").map(str::to_owned).collect()
}

#[test]
fn it_has_every_key_of_the_structs_and_no_other() {
    for section in SECTIONS.iter().filter(|section| !section.name.is_empty()) {
        let listed: Vec<String> = section
            .settings
            .iter()
            .map(|setting| setting.key.to_owned())
            .collect();
        let distinct: BTreeSet<String> = listed.iter().cloned().collect();
        assert_eq!(distinct.len(), listed.len(), "{} has a key twice", section.name);
        assert_eq!(distinct, keys_of(section), "{}", section.name);
    }
}

#[test]
fn a_variable_sets_one_thing_and_only_the_address_two() {
    let mut keys: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, key, _) in super::variables() {
        keys.entry(name).or_default().push(key);
    }
    for (name, keys) in keys {
        let expected: &[&str] = if name == "BIND_HOST" {
            &["http.host", "worker.host"]
        } else {
            &[&keys[0]]
        };
        assert_eq!(keys, expected, "{name}");
    }
}

#[test]
fn the_example_holds_every_default_and_is_the_file_beside_the_sources() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("mtchat.example.toml");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, example()).unwrap();
    }
    let checked_in = std::fs::read_to_string(&path).unwrap();
    assert!(
        checked_in == example(),
        "crates/mtchat/mtchat.example.toml is out of date: mtchat settings --example prints what belongs there"
    );
    let sources = Sources {
        file: Some(path),
        ..Sources::default()
    };
    let from_file = Settings::load(&sources, Purpose::Inspect).unwrap();
    let built_in = Settings::load(&Sources::default(), Purpose::Inspect).unwrap();
    assert_eq!(format!("{from_file:#?}"), format!("{built_in:#?}"));
    assert_eq!(from_file.database.url, built_in.database.url);
    assert_eq!(from_file.nats.url, built_in.nats.url);
}

#[test]
fn every_key_stands_in_the_example_or_as_a_comment_there() {
    let text = example();
    for section in SECTIONS {
        for setting in section.settings {
            let (set, unset) = (format!("\n{} = ", setting.key), format!("\n# {} = ", setting.key));
            assert!(
                text.contains(&set) || text.contains(&unset),
                "{}",
                section.path(setting)
            );
        }
    }
}
