//! What members typed, as a real browser reads it.

use mtchat_protocol::{MessageId, MessageView};
use mtchat_tests::{System, in_a_browser};
use serde::Deserialize;
use serde_json::json;

const CORPUS: &str = include_str!("../../server/src/content/corpus.txt");
const TAGS: &[&str] = &[
    "p",
    "br",
    "strong",
    "b",
    "em",
    "i",
    "u",
    "s",
    "strike",
    "ul",
    "ol",
    "li",
    "a",
    "blockquote",
    "code",
    "pre",
    "span",
];

/// Shows each text as a page would, and tells what became of it and how often something ran.
const PAGE: &str = r#"<!doctype html><meta charset="utf-8"><body><script>
let ran = 0;
window.alert = window.confirm = window.prompt = () => { ran += 1; };
const tree = (node) => node.nodeType === Node.TEXT_NODE
    ? { text: node.data }
    : { name: node.localName ?? node.nodeName, html: node.namespaceURI === "http://www.w3.org/1999/xhtml",
        attributes: [...(node.attributes ?? [])].map((one) => [one.name, one.value]), children: [...node.childNodes].map(tree) };
const contents = CONTENTS;
const trees = contents.map((content) => {
    const place = document.createElement("div");
    place.innerHTML = content;
    document.body.append(place);
    return tree(place);
});
addEventListener("load", () => {
    const bytes = new TextEncoder().encode(JSON.stringify({ ran, trees }));
    document.title = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
});
</script></body>"#;

#[derive(Deserialize)]
struct Told {
    ran: u32,
    trees: Vec<Tree>,
}

/// A node as the browser made it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Tree {
    Text {
        text: String,
    },
    Element {
        name: String,
        html: bool,
        attributes: Vec<(String, String)>,
        children: Vec<Tree>,
    },
}

impl Tree {
    /// Write the node as the HTML standard says (13.3, "Serializing HTML fragments").
    fn write(&self, into: &mut String) {
        match self {
            Self::Text { text } => into.push_str(&escaped(text)),
            Self::Element {
                name,
                html,
                attributes,
                children,
            } => {
                assert!(*html && TAGS.contains(&name.as_str()), "<{name}>");
                into.push_str(&format!("<{name}"));
                for (name, value) in attributes {
                    assert!(
                        !name.starts_with("on") && name != "style" && name != "id",
                        "{name}"
                    );
                    into.push_str(&format!(" {name}=\"{}\"", escaped(value).replace('"', "&quot;")));
                }
                into.push('>');
                // The first line break in `pre` is not part of it.
                if name == "pre"
                    && matches!(children.first(), Some(Self::Text { text }) if text.starts_with('\n'))
                {
                    into.push('\n');
                }
                children.iter().for_each(|child| child.write(into));
                if name != "br" {
                    into.push_str(&format!("</{name}>"));
                }
            }
        }
    }

    fn children(&self) -> &[Self] {
        match self {
            Self::Text { .. } => &[],
            Self::Element { children, .. } => children,
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('\u{a0}', "&nbsp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Show texts to a browser: how often something ran, and what each is when it is written down again.
async fn shown(contents: &[String]) -> (u32, Vec<String>) {
    let texts = json!(contents).to_string().replace('<', "\\u003c");
    let told = in_a_browser(&PAGE.replace("CONTENTS", &texts)).await;
    let Told { ran, trees } = serde_json::from_str(&told).unwrap();
    let written = trees.iter().map(|place| {
        let mut text = String::new();
        place.children().iter().for_each(|node| node.write(&mut text));
        text
    });
    (ran, written.collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_reads_every_message_as_the_server_did_and_nothing_runs() {
    let system = System::start().await;
    let [alice] = system.dialog().between(["alice"]).await;
    let mut contents = Vec::new();
    for attempt in CORPUS.lines().filter(|line| !line.starts_with('#')) {
        let answer = alice.try_send(MessageId::fresh(), attempt).await.unwrap();
        // Refusing is as safe as cleaning.
        if answer.status.as_u16() != 400 {
            let message: MessageView = answer.expect(200).data();
            contents.push(message.content.as_str().to_owned());
        }
    }
    assert!(contents.len() > 20, "{}", contents.len());
    let (ran, written) = shown(&contents).await;
    assert_eq!(ran, 0);
    assert_eq!(written, contents);
}

/// The test above can fail: what it looks for is there when nobody cleans.
#[tokio::test]
async fn without_the_server_it_would_run() {
    let raw = [r#"<img src="x:" onerror="alert(1)">"#.to_owned()];
    let texts = json!(raw).to_string().replace('<', "\\u003c");
    let told = in_a_browser(&PAGE.replace("CONTENTS", &texts)).await;
    let Told { ran, .. } = serde_json::from_str(&told).unwrap();
    assert_eq!(ran, 1);
}
