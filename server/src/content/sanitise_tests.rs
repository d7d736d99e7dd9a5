use super::*;

fn clean(html: &str) -> String {
    let once = sanitise(&MessageText::new(html).unwrap()).unwrap();
    let twice = sanitise(&MessageText::new(once.as_str()).unwrap()).unwrap();
    assert_eq!(once, twice, "not at rest: {html}");
    once.as_str().to_owned()
}

fn refused(html: &str) -> bool {
    sanitise(&MessageText::new(html).unwrap()).is_err()
}

#[test]
fn plain_text_comes_out_as_text() {
    assert_eq!(clean("hello\nworld — ж 👍"), "hello\nworld — ж 👍");
    assert_eq!(clean("a & b"), "a &amp; b");
    assert_eq!(clean("a &amp; b"), "a &amp; b");
    assert_eq!(clean("1 < 2 > 0"), "1 &lt; 2 &gt; 0");
    assert_eq!(clean("if a<b then c"), "if a&lt;b then c");
    assert_eq!(clean("\u{a0}x > y"), "&nbsp;x &gt; y");
    assert_eq!(clean("a\0b"), "ab");
    assert_eq!(clean("a\r\nb"), "a\nb");
}

#[test]
fn what_is_allowed_stays() {
    for html in [
        "<p>a<br><strong>b</strong><b>c</b><em>d</em><i>e</i><u>f</u><s>g</s><strike>h</strike></p>",
        "<ul><li>a</li></ul><ol><li>b</li></ol><blockquote>c</blockquote>",
        "<pre class=\"language-rust\"><code class=\"language-c++\">x</code></pre>",
        "<pre>\n\n  two lines</pre>",
        r#"<span data-type="mention" data-id="u 1" data-label="Ann" class="mtchat-mention">@Ann</span>"#,
        r#"<span class="mtchat-mention">@Ann</span>"#,
        r#"<span data-mention="u1">@Ann</span>"#,
    ] {
        assert_eq!(clean(html), html);
    }
}

#[test]
fn links_are_marked_as_what_they_are() {
    let rel = "noopener noreferrer nofollow ugc";
    assert_eq!(
        clean(r#"<a href="https://example.com/?a=1&b" target="_blank" rel="opener" onclick="x()">x</a>"#),
        format!(r#"<a href="https://example.com/?a=1&amp;b" target="_blank" rel="{rel}">x</a>"#)
    );
    assert_eq!(
        clean(r#"<a href="https://a.example" target="_top">x</a>"#)
            .matches("target")
            .count(),
        0
    );
}

#[test]
fn dishonest_links_are_dropped() {
    for href in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#9;script:alert(1)",
        "java&NewLine;script:alert(1)",
        "&#106;avascript:alert(1)",
        "\u{1}javascript:alert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:msgbox(1)",
        "//evil.example",
        "/\\evil.example",
        "https://good.example@evil.example",
        "https:evil.example",
        "relative",
    ] {
        let html = clean(&format!("<a href=\"{href}\">x</a>"));
        assert!(!html.contains("href"), "{href} became {html}");
        assert!(html.contains(">x</a>"));
    }
}

#[test]
fn everything_else_is_removed_and_its_text_kept() {
    assert_eq!(clean("<h1>a</h1><img src=x onerror=alert(1)><div>b</div>"), "ab");
    assert_eq!(clean("<script>alert(1)</script>a<style>b{}</style>c"), "ac");
    assert_eq!(clean("a<!-- b -->c"), "ac");
    assert_eq!(
        clean("<p style=\"color:red\" id=x name=y class=\"evil\" title=t>a</p>"),
        "<p>a</p>"
    );
    assert_eq!(
        clean("<span class=\"mtchat-mention evil\" id=x>a</span>"),
        "<span class=\"mtchat-mention\">a</span>"
    );
    assert_eq!(
        clean("<code class=\"language-a language-b;c x\">a</code>"),
        "<code class=\"language-a\">a</code>"
    );
    assert_eq!(clean("<p class=\"mtchat-mention\">a</p>"), "<p>a</p>");
}

/// OWASP's sheet and bypasses of other sanitisers: namespaces, raw text, comments, nesting that mends itself.
#[test]
fn nothing_that_runs_gets_through() {
    for html in include_str!("corpus.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
    {
        // Refusing is as safe as cleaning.
        if !refused(html) {
            assert_only_allowed(&clean(html));
        }
    }
}

/// Read sanitised output by its own simple rules: tags of the list, attributes of the list, all values quoted.
fn assert_only_allowed(html: &str) {
    const ATTRIBUTES: &[&str] = &[
        "class",
        "data-id",
        "data-label",
        "data-mention",
        "data-type",
        "href",
        "rel",
        "target",
    ];
    for tag in html.split('<').skip(1) {
        let (tag, _) = tag
            .split_once('>')
            .unwrap_or_else(|| panic!("an open tag in {html}"));
        let tag = tag.strip_prefix('/').unwrap_or(tag);
        let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(TAGS.contains(&name), "{name} in {html}");
        while !rest.is_empty() {
            let (attribute, value) = rest
                .split_once("=\"")
                .unwrap_or_else(|| panic!("a bare attribute in {html}"));
            assert!(ATTRIBUTES.contains(&attribute), "{attribute} in {html}");
            let (value, after) = value
                .split_once('"')
                .unwrap_or_else(|| panic!("an open value in {html}"));
            assert!(
                attribute != "href" || href::is_honest(&value.replace("&amp;", "&")),
                "{value} in {html}"
            );
            rest = after.trim_start();
        }
    }
}

#[test]
fn what_would_burn_the_processor_is_refused_quickly() {
    let crowd: String = (0..8_000).map(|n| format!(" a{n}")).collect();
    let bombs = [
        "<b>".repeat(16_000),
        "<ul><li>".repeat(6_000),
        format!("<b{crowd}>"),
        "<a".repeat(20_000) + ">",
        format!("{}{}", "<p><b>".repeat(60), "</p><p>x".repeat(3_000)),
    ];
    let began = std::time::Instant::now();
    for bomb in &bombs {
        assert!(refused(bomb), "{}", &bomb[..40]);
    }
    let each = began.elapsed() / u32::try_from(bombs.len()).unwrap();
    assert!(each < std::time::Duration::from_millis(5), "{each:?}");
}

#[test]
fn the_worst_that_passes_is_bounded() {
    let attributes = |n: usize| format!("<b data-x{n}=1>");
    let formatting: String = (0..60).map(attributes).collect();
    let worst = format!("<p>{formatting}</p>{}", "<p>x".repeat(60));
    let began = std::time::Instant::now();
    let _ = sanitise(&MessageText::new(&worst).unwrap());
    assert!(
        began.elapsed() < std::time::Duration::from_millis(100),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn blank_is_what_shows_nothing() {
    for blank in [
        "",
        " \n\t",
        "<p></p>",
        "<p><br></p>",
        "<p>&nbsp;</p>",
        "\u{200b}",
        "<b>\u{a0}</b>",
        "<!-- x -->",
    ] {
        assert!(
            is_blank(&sanitise(&MessageText::new(blank).unwrap()).unwrap()),
            "{blank:?}"
        );
    }
    for seen in ["x", "<p>.</p>", "&amp;", "<", "&lt;br&gt;", "0"] {
        assert!(
            !is_blank(&sanitise(&MessageText::new(seen).unwrap()).unwrap()),
            "{seen:?}"
        );
    }
}
