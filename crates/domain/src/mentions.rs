use std::{borrow::Cow, collections::BTreeSet};

use mtchat_protocol::{Member, RichText, UserId, limits};

use crate::plain_text::unescaped;

/// Whom a message of this author mentions, of those who are in the dialog, in the order of its members. Of one that names very many
/// the first [`limits::MENTIONS`] different names count.
pub(crate) fn mentions(content: &RichText, members: &[Member], author: &UserId) -> Vec<UserId> {
    let named = named(content.as_str());
    if named.is_empty() {
        return Vec::new();
    }
    let users = members.iter().map(|member| &member.user);
    users
        .filter(|user| *user != author && named.contains(user.as_str()))
        .cloned()
        .collect()
}

fn named(html: &str) -> BTreeSet<Cow<'_, str>> {
    let mut named = BTreeSet::new();
    for tag in html.split("<span").skip(1) {
        if named.len() == limits::MENTIONS {
            break;
        }
        named.extend(target(tag));
    }
    named
}

/// Who is mentioned by a `span`, of which this is everything behind the name. One that is a mention only by its looks names nobody.
fn target(tag: &str) -> Option<Cow<'_, str>> {
    let (mut is_mention, mut id, mut short) = (false, None, None);
    for (name, value) in attributes(tag) {
        match (name, value) {
            ("class", "mtchat-mention") | ("data-type", "mention") => is_mention = true,
            ("data-id", value) => id = Some(value),
            ("data-mention", value) => short = Some(value),
            _ => {}
        }
    }
    let id = id.filter(|_| is_mention);
    let named = short.filter(|short| !short.is_empty()).or(id)?;
    Some(unescaped(named))
}

/// Attributes as the sanitiser writes them: a blank, the name, and the value in double quotes, in which there are none.
fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = tag;
    std::iter::from_fn(move || {
        let attribute = rest.strip_prefix(' ')?;
        let end = attribute.find(|next: char| !next.is_ascii_lowercase() && next != '-')?;
        let (name, value) = attribute.split_at(end);
        let (value, behind) = value.strip_prefix("=\"")?.split_once('"')?;
        rest = behind;
        Some((name, value))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can not go on has failed")]
mod tests {
    use mtchat_protocol::{DisplayName, Role};

    use super::*;

    fn members(names: &[&str]) -> Vec<Member> {
        let member = |name: &&str| Member {
            user: UserId::new(name).unwrap(),
            role: Role::default(),
            display_name: DisplayName::new("Somebody").unwrap(),
            company: None,
        };
        names.iter().map(member).collect()
    }

    fn of(html: &str, names: &[&str]) -> Vec<String> {
        let author = UserId::new("alice").unwrap();
        let mentioned = mentions(&RichText::sanitised(html), &members(names), &author);
        mentioned.iter().map(|user| user.as_str().to_owned()).collect()
    }

    #[test]
    fn members_are_mentioned_in_all_spellings() {
        let everybody = ["alice", "bob", "u 1", "a&\"b\"<c>"];
        let cases: &[(&str, &[&str])] = &[
            ("bob", &[]),
            (
                r#"<p>hi <span data-type="mention" data-id="bob" data-label="Bob" class="mtchat-mention">@Bob</span></p>"#,
                &["bob"],
            ),
            (
                r#"<span class="mtchat-mention" data-id="u 1">@One</span>"#,
                &["u 1"],
            ),
            (r#"<span data-mention="bob">@Bob</span>"#, &["bob"]),
            (
                r#"<span data-mention="" data-type="mention" data-id="bob">@Bob</span>"#,
                &["bob"],
            ),
            (r#"<span class="mtchat-mention">@Bob</span>"#, &[]),
            (r#"<span data-id="bob">@Bob</span>"#, &[]),
            (r#"<span data-type="other" data-id="bob">@Bob</span>"#, &[]),
            (r#"<span data-mention="stranger">@Stranger</span>"#, &[]),
            (r#"<span data-mention="alice">@Me</span>"#, &[]),
            (
                r#"<span data-mention="a&amp;&quot;b&quot;&lt;c&gt;">@Odd</span>"#,
                &["a&\"b\"<c>"],
            ),
            (
                r#"<span data-mention="a&amp;&quot;b&quot;<c>">@Odd</span>"#,
                &["a&\"b\"<c>"],
            ),
            (
                r#"<span data-mention="u 1">x</span><span data-mention="bob">y</span><span data-mention="bob">z</span>"#,
                &["bob", "u 1"],
            ),
            ("&lt;span data-mention=\"bob\"&gt;", &[]),
            (
                r#"<a href="https://x.example/<span data-mention=&quot;bob&quot;>">a</a>"#,
                &[],
            ),
        ];
        for (html, expected) in cases {
            assert_eq!(of(html, &everybody), *expected, "{html}");
        }
    }

    #[test]
    fn what_is_cut_off_mentions_nobody() {
        let html = r#"<span data-type="mention" data-id="bob""#;
        for end in 0..html.len() {
            assert_eq!(of(&html[..end], &["bob"]), [""; 0], "{}", &html[..end]);
        }
    }

    #[test]
    fn whoever_mentions_everybody_mentions_fifty() {
        let names: Vec<String> = (0..200).map(|number| format!("user-{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let html: String = names
            .iter()
            .map(|name| format!(r#"<span data-mention="{name}">@</span>"#))
            .collect();
        assert_eq!(of(&html, &names), names[..limits::MENTIONS]);
        // The same one very often is one.
        let html = format!(
            "{}{html}",
            r#"<span data-mention="user-0">@</span>"#.repeat(1_000)
        );
        assert_eq!(of(&html, &names), names[..limits::MENTIONS]);
    }
}
