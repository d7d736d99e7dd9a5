use std::{
    fmt::Write,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
};

use super::progress::Progress;
use crate::credentials::Credentials;

/// What to try now.
pub(super) struct Banner<'a> {
    pub(super) data: &'a Path,
    pub(super) credentials: &'a Credentials,
    pub(super) address: SocketAddr,
    /// Where files are kept, unless they are off.
    pub(super) files: Option<&'a str>,
}

impl Banner<'_> {
    pub(super) fn print(&self, progress: &Progress) {
        let program = std::env::args().next().unwrap_or_else(|| "mtchat".to_owned());
        progress.say(&format!(
            "\nMTChat is ready ({:.1} s).\n\n{}",
            progress.seconds(),
            self.text(&quoted(&program))
        ));
    }

    fn text(&self, program: &str) -> String {
        let http = http_url(self.address);
        let (data, admin) = (
            quoted(&self.data.display().to_string()),
            &self.credentials.admin_api_token,
        );
        let kept = self.data.join("credentials.json");
        // Writing into a string can not fail.
        let mut text = String::new();
        let _ = writeln!(text, "  HTTP         {http}/api/v1");
        let _ = writeln!(
            text,
            "  WebSocket    {}/api/v1/ws",
            http.replacen("http", "ws", 1)
        );
        if let Some(files) = self.files {
            let _ = writeln!(text, "  Files        {files}");
        }
        let _ = writeln!(text, "  Health       {http}/health/ready, {http}/metrics");
        let _ = writeln!(text, "  Admin token  {admin}");
        let _ = writeln!(
            text,
            "               (it stays the same, and is kept in {})",
            kept.display()
        );
        if !self.credentials.jwt_enabled {
            let _ = writeln!(
                text,
                "\n  AUTHENTICATION IS OFF: everybody who reaches this address can be anybody."
            );
        }
        let (query, header) = if self.credentials.jwt_enabled {
            (
                "",
                format!(
                    " \\\n    -H \"Authorization: Bearer $({program} token --data {data} --user alice)\""
                ),
            )
        } else {
            ("?user_id=alice", String::new())
        };
        let _ = write!(
            text,
            r#"
Try it in another terminal. A dialog between Alice and Bob about an order:

  DIALOG=$(curl -s {http}/api/v1/management/dialogs \
    -H "Authorization: Bearer {admin}" -H "Content-Type: application/json" \
    -d '{{"object_type":"order","object_id":"1042","title":"Order 1042","participants":[{{"user_id":"alice","display_name":"Alice"}},{{"user_id":"bob","display_name":"Bob"}}]}}' \
    | grep -o '"id":"[^"]*"' | head -n 1 | cut -d '"' -f 4)

Bob listens, in a third terminal:

  {program} listen --data {data} --user bob

Alice writes:

  curl -s "{http}/api/v1/dialogs/$DIALOG/messages{query}"{header} \
    -H "Content-Type: application/json" -d '{{"content":"Hello, Bob"}}'

Ctrl-C stops everything; the next start goes on with the same data."#
        );
        text
    }
}

/// Where clients on this machine reach the address.
pub(super) fn http_url(address: SocketAddr) -> String {
    let host = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(host, address.port()))
}

/// As one word of a shell.
fn quoted(text: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "/._-+:,@%=".contains(character);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_can_be_pasted() {
        let credentials = Credentials {
            admin_api_token: "adm1n".to_owned(),
            ..Credentials::generate().unwrap()
        };
        let address = "0.0.0.0:8080".parse().unwrap();
        let banner = Banner {
            data: Path::new("my data"),
            credentials: &credentials,
            address,
            files: Some("http://127.0.0.1:20333"),
        };
        let text = banner.text("target/debug/mtchat");
        for expected in [
            "Files        http://127.0.0.1:20333",
            "WebSocket    ws://127.0.0.1:8080/api/v1/ws",
            "Bearer adm1n",
            "target/debug/mtchat listen --data 'my data' --user bob",
            "$(target/debug/mtchat token --data 'my data' --user alice)",
        ] {
            assert!(text.contains(expected), "{expected} is missing in {text}");
        }
        assert!(!text.contains(&credentials.jwt_secret));
        let insecure = Credentials {
            jwt_enabled: false,
            ..credentials.clone()
        };
        let text = Banner {
            credentials: &insecure,
            ..banner
        }
        .text("mtchat");
        assert!(text.contains("/messages?user_id=alice\"") && text.contains("AUTHENTICATION IS OFF"));
        assert!(!text.contains("mtchat token"));
    }

    #[test]
    fn words_are_quoted_for_the_shell() {
        assert_eq!(quoted("/srv/chat-1"), "/srv/chat-1");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
