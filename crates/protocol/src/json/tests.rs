use fastrand::Rng;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{from_json, raw::RawJson};

/// A value of any shape.
fn value(rng: &mut Rng, depth: u8) -> Value {
    match rng.u8(..if depth == 0 { 6 } else { 8 }) {
        0 => Value::Null,
        1 => json!(rng.bool()),
        2 => json!(rng.u64(..)),
        3 => json!(rng.i64(..0) >> rng.u8(..60)),
        4 => json!(f64::from(rng.i16(..)) / 8.0),
        5 => json!(text(rng)),
        6 => (0..rng.usize(..4)).map(|_| value(rng, depth - 1)).collect(),
        _ => {
            let pairs = (0..rng.usize(..4)).map(|_| (text(rng), value(rng, depth - 1)));
            Value::Object(pairs.collect())
        }
    }
}

fn text(rng: &mut Rng) -> String {
    let letters = [
        "a", "\"", "\\", "/", "\n", "\u{1}", "ё", "漢", "👍", "\u{2028}", " ", "type",
    ];
    (0..rng.usize(..6))
        .map(|_| letters[rng.usize(..letters.len())])
        .collect()
}

/// The same value in other words: with blanks, and letters as numbers.
fn reworded(rng: &mut Rng, value: &Value) -> String {
    let blank = |rng: &mut Rng| ["", "", " ", "\n", "\t\r "][rng.usize(..5)];
    let inner = match value {
        Value::String(text) => reworded_text(rng, text),
        Value::Array(parts) => {
            let parts: Vec<String> = parts.iter().map(|part| reworded(rng, part)).collect();
            format!("[{}{}]", blank(rng), parts.join(","))
        }
        Value::Object(parts) => {
            let parts = parts.iter().map(|(key, part)| {
                format!(
                    "{}{}:{}",
                    blank(rng),
                    reworded_text(rng, key),
                    reworded(rng, part)
                )
            });
            let parts: Vec<String> = parts.collect();
            format!("{{{}{}}}", parts.join(","), blank(rng))
        }
        other => other.to_string(),
    };
    format!("{}{inner}{}", blank(rng), blank(rng))
}

fn reworded_text(rng: &mut Rng, text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        if rng.bool() {
            let mut halves = [0; 2];
            for half in letter.encode_utf16(&mut halves) {
                out.push_str(&format!("\\u{half:04x}"));
            }
        } else {
            let written = json!(letter.to_string()).to_string();
            out.push_str(&written[1..written.len() - 1]);
        }
    }
    out + "\""
}

#[test]
fn it_reads_what_serde_json_reads() {
    let seed = fastrand::u64(..);
    let mut rng = Rng::with_seed(seed);
    for _ in 0..5_000 {
        let value = value(&mut rng, 4);
        let written = reworded(&mut rng, &value);
        assert_eq!(
            from_json::<Value>(&written).as_ref(),
            Ok(&value),
            "{written}, seed {seed}"
        );
        let raw = from_json::<RawJson>(&written).unwrap();
        let again = serde_json::to_string(&raw).unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&again).unwrap(),
            value,
            "{again}, seed {seed}"
        );
    }
}

#[test]
fn it_refuses_what_serde_json_refuses() {
    let seed = fastrand::u64(..);
    let mut rng = Rng::with_seed(seed);
    let mut refused = 0;
    for _ in 0..20_000 {
        let mut broken = value(&mut rng, 3).to_string();
        let places: Vec<usize> = broken.char_indices().map(|(place, _)| place).collect();
        let place = places[rng.usize(..places.len())];
        match rng.u8(..3) {
            0 => drop(broken.remove(place)),
            1 => broken.truncate(place),
            _ => broken.insert_str(
                place,
                ["\"", ",", "}", "0", "-", ".", "e", "\\u", " ", "\u{7}"][rng.usize(..10)],
            ),
        }
        let theirs = serde_json::from_str::<Value>(&broken).ok();
        // Not the value: of long numbers serde_json's is not always the nearest.
        assert_eq!(
            from_json::<Value>(&broken).is_ok(),
            theirs.is_some(),
            "{broken}, seed {seed}"
        );
        // A number that is too large for a computer is a number all the same.
        let raw = from_json::<RawJson>(&broken).is_ok();
        assert!(
            raw == theirs.is_some() || broken.contains('e'),
            "{broken}, seed {seed}"
        );
        refused += u32::from(theirs.is_none());
    }
    assert!(refused > 5_000, "{refused}");
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Variant {
    Word,
    Newtype(String),
    Structure { number: u64, maybe: Option<u8> },
    Parts(Vec<Variant>),
}

#[test]
fn variants_are_words_or_objects_of_one_key() {
    let all = Variant::Parts(vec![
        Variant::Word,
        Variant::Newtype("ё".to_owned()),
        Variant::Structure {
            number: 7,
            maybe: None,
        },
        Variant::Structure {
            number: u64::MAX,
            maybe: Some(3),
        },
    ]);
    let written = serde_json::to_string(&all).unwrap();
    assert_eq!(from_json::<Variant>(&written), Ok(all));
    for wrong in [
        r#""newtype""#,
        r#"{"word":1}"#,
        r#"{"newtype":"a","word":null}"#,
        r#"{"structure":{"number":7.0}}"#,
        r#"{"structure":{"number":-7}}"#,
        r#"{"structure":{"number":7,"maybe":256}}"#,
        r#"{"structure":[7,null]}"#,
        r#"{"structure":{"number":7,"number":7}}"#,
        r#"{"structure":{}}"#,
        r#""sung""#,
        "{}",
    ] {
        assert!(from_json::<Variant>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn what_is_deeper_than_anything_is_refused_and_costs_nothing() {
    for open in ["[", r#"{"a":"#] {
        let deep = open.repeat(100_000);
        assert!(from_json::<Value>(&deep).is_err());
        assert!(from_json::<RawJson>(&deep).is_err());
    }
}

#[test]
fn it_says_where_it_is_wrong() {
    let wrong = from_json::<Vec<u64>>("[1, 2, true]").unwrap_err();
    assert_eq!(wrong.to_string(), "not the JSON that is expected, at byte 7");
}
