use serde::{Deserialize, Serialize};

use crate::{Invalid, Reason, invalid::check_text, limits};

/// What a host says in a dialog: it stands in the order of messages, and is nobody's and never unread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// Something that happened to the object, as fields.
    Card(Card),
    /// Plain text.
    Text(NoticeText),
}

/// Plain text of a host, not blank, at most 4 000 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoticeText(String);

impl NoticeText {
    /// Check the limits and take it.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        not_blank("text", text)?;
        check_text("text", text, limits::NOTICE)?;
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An event of the business object. Its fields are plain text: clients show them as such.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Card {
    /// What kind of event, for clients that know it.
    #[serde(rename = "type")]
    pub kind: String,
    /// The headline.
    pub title: String,
    /// The particulars, in the host's order.
    #[serde(default)]
    pub fields: Vec<CardField>,
    /// Where to read more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
}

/// One particular of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CardField {
    /// What it is.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// An absolute http(s) address, at most 2 048 characters, without user, blanks or invisible characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Link(String);

impl Link {
    /// Check the form and take it.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        const FORM: Reason = Reason::Malformed("an absolute http(s) address");
        check_text("link", text, limits::URL)?;
        let rest = ["https://", "http://"]
            .iter()
            .find_map(|scheme| text.strip_prefix(scheme))
            .ok_or(Invalid::new("link", FORM))?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let hidden = |c: char| {
            c.is_whitespace()
                || c.is_control()
                || matches!(c, '\\' | '<' | '>' | '"' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        };
        if host.is_empty() || host.contains('@') || text.chars().any(hidden) {
            return Err(Invalid::new("link", FORM));
        }
        Ok(Self(text.to_owned()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Card {
    /// Check every limit.
    pub fn check(&self) -> Result<(), Invalid> {
        not_blank("card.type", &self.kind)?;
        check_text("card.type", &self.kind, limits::CARD_TYPE)?;
        not_blank("card.title", &self.title)?;
        check_text("card.title", &self.title, limits::CARD_TITLE)?;
        if self.fields.len() > limits::CARD_FIELDS {
            return Err(Invalid::new("card.fields", Reason::TooLong(limits::CARD_FIELDS)));
        }
        for field in &self.fields {
            not_blank("card.fields.name", &field.name)?;
            check_text("card.fields.name", &field.name, limits::CARD_TITLE)?;
            check_text("card.fields.value", &field.value, limits::NOTICE)?;
        }
        if let Some(link) = &self.link {
            Link::new(link.as_str())?;
        }
        let bytes = serde_json::to_vec(self).map_or(usize::MAX, |json| json.len());
        if bytes > limits::CARD_BYTES {
            return Err(Invalid::new("card", Reason::TooLong(limits::CARD_BYTES)));
        }
        Ok(())
    }

    /// The card in words, for clients that do not know cards.
    pub fn text(&self) -> String {
        let fields = self
            .fields
            .iter()
            .map(|field| format!("\n{}: {}", field.name, field.value));
        fields.fold(self.title.clone(), |text, field| text + &field)
    }
}

fn not_blank(field: &'static str, text: &str) -> Result<(), Invalid> {
    if text.trim().is_empty() {
        return Err(Invalid::new(field, Reason::Blank));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_absolute_http() {
        for good in ["https://shop.example/orders/7?x=1#y", "http://localhost:8080"] {
            assert!(Link::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "/orders/7",
            "javascript:alert(1)",
            "https://",
            "https://user@shop.example/",
            "https://shop.example/a b",
            "https:\\\\shop.example",
            "https://shop.example/\u{202e}",
            "HTTPS//x",
        ] {
            assert!(Link::new(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_card_has_limits() {
        let field = |name: &str, value: &str| CardField {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let card = Card {
            kind: "paid".to_owned(),
            title: "Paid".to_owned(),
            fields: vec![field("amount", "7 EUR"), field("by", "card")],
            link: None,
        };
        assert!(card.check().is_ok());
        assert_eq!(card.text(), "Paid\namount: 7 EUR\nby: card");
        let bad = [
            Card {
                kind: String::new(),
                ..card.clone()
            },
            Card {
                title: "t".repeat(201),
                ..card.clone()
            },
            Card {
                fields: vec![field("n", "v"); 51],
                ..card.clone()
            },
            Card {
                fields: vec![field(" ", "v")],
                ..card.clone()
            },
            Card {
                fields: vec![field("n", &"v".repeat(4_001))],
                ..card.clone()
            },
            Card {
                fields: vec![field("n", &"v".repeat(4_000)); 9],
                ..card.clone()
            },
        ];
        assert!(bad.iter().all(|card| card.check().is_err()));
    }
}
