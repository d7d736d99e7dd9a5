//! What a measurement wants to know of a frame, looked up in its text: the client parses it, and once is enough.

/// The number of the message that a `message.new` frame is about: the end of its id.
pub(crate) fn message_number(frame: &str) -> Option<u32> {
    let id = frame.strip_prefix(r#"{"type":"message.new","id":""#)?.get(..36)?;
    // What a dialog says of itself, its creation for example, may come late and is no message of ours.
    if frame.contains(r#""sender_id":null"#) {
        return None;
    }
    u32::from_str_radix(&id[28..], 16).ok()
}

/// The number in the dialog, which stands near the end.
pub(crate) fn seq(frame: &str) -> Option<u64> {
    const KEY: &str = r#""seq":"#;
    let digits = &frame[frame.rfind(KEY)? + KEY.len()..];
    let end = digits.find(|digit: char| !digit.is_ascii_digit());
    digits[..end.unwrap_or(digits.len())].parse().ok()
}

/// What a greeting says about what was missed: whether all of it follows.
pub(crate) fn recovered(frame: &str) -> Option<bool> {
    let greeting = frame.strip_prefix(r#"{"type":"connected""#)?;
    let (_, recovered) = greeting.split_once(r#""recovered":"#)?;
    Some(recovered.starts_with("true"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matters_is_found_in_a_frame() {
        let frame = r#"{"type":"message.new","id":"019ab000-0000-7000-8000-0000000000ff","content":"\"seq\":1","seq":42,"pos":"77"}"#;
        assert_eq!(message_number(frame), Some(255));
        assert_eq!(seq(frame), Some(42));
        assert_eq!(message_number(r#"{"type":"pong"}"#), None);
    }

    #[test]
    fn a_greeting_says_whether_everything_follows() {
        let greeting = |rest: &str| format!(r#"{{"type":"connected","user_id":"bob","pos":"7"{rest}}}"#);
        assert_eq!(recovered(&greeting("")), None);
        assert_eq!(recovered(&greeting(r#","recovered":true"#)), Some(true));
        assert_eq!(recovered(&greeting(r#","recovered":false"#)), Some(false));
    }
}
