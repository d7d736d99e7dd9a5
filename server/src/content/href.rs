use url::Url;

/// Whether a link goes where it looks to go: absolute, http or https, no user before an `@`, nothing that a browser would read
/// otherwise than a person.
pub(super) fn is_honest(href: &str) -> bool {
    let Some(rest) = ["http://", "https://"]
        .into_iter()
        .find_map(|scheme| strip_prefix(href, scheme))
    else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let strange = |c: char| c.is_control() || c.is_whitespace() || c == '\\' || is_invisible(c);
    if authority.is_empty() || authority.contains('@') || href.contains(strange) {
        return false;
    }
    Url::parse(href).is_ok_and(|url| {
        url.host_str().is_some_and(|host| !host.is_empty())
            && url.username().is_empty()
            && url.password().is_none()
    })
}

/// Characters that show nothing, or turn the direction of what follows.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{AD}')
}

fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::is_honest;

    #[test]
    fn honest_links_pass() {
        for href in [
            "https://example.com",
            "HTTP://example.com:8080/a%20b?c=d@e#f",
            "https://пример.рф/путь",
            "https://[::1]/",
            "https://example.com/~user@host",
        ] {
            assert!(is_honest(href), "{href}");
        }
    }

    #[test]
    fn tricks_do_not() {
        for href in [
            "javascript:alert(1)",
            "java\tscript:alert(1)",
            " javascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "//evil.example",
            "/path",
            "path",
            "",
            "mailto:a@b",
            "https:evil.example",
            "https:/evil.example",
            "https:///evil.example",
            "https://",
            "https://good@evil.example",
            "https://good:pw@evil.example",
            "https://@evil.example",
            "https://good.example\\@evil.example",
            "https://good.example\t@evil.example",
            "https://e\nvil.example",
            "https://good.example\u{202E}moc.live",
            " https://example.com",
            "ftp://example.com",
            "https://exa mple.com",
        ] {
            assert!(!is_honest(href), "{href:?}");
        }
    }
}
