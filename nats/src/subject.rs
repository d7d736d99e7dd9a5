//! Every subject of MTChat is built and read here, from checked parts: no token can hold `.`, `*`, `>` or white space.

use mtchat_protocol::{AppId, DialogId, ShardId};

/// What class of fact a subject of the log carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// `n`: derived by workers for hosts.
    Notice,
    /// `e`: an ordered fact, appended by comparison.
    Ordered,
    /// `u`: one user's own state, last write wins.
    Own,
}

/// A subject of the log, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSubject<'a> {
    /// The shard.
    pub shard: ShardId,
    /// The app.
    pub app: AppId,
    /// The dialog.
    pub dialog: DialogId,
    /// The class.
    pub class: Class,
    /// The kind of fact.
    pub kind: &'a str,
}

/// A subject that is not one of the log's facts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the subject of a fact")]
pub struct NotAFact(pub String);

/// The subjects of facts as they are described to hosts.
pub(crate) const FACT_ADDRESS: &str = "mtchat.log.{shard}.{app}.{dialog}.{class}.{kind}";

/// Where an ordered fact is appended.
pub(crate) fn fact(shard: ShardId, app: &AppId, dialog: DialogId, kind: &str) -> String {
    debug_assert!(is_token(kind), "a kind is one token");
    format!("mtchat.log.{shard}.{app}.{dialog}.e.{kind}")
}

/// Where one user's own state is written.
pub(crate) fn own(shard: ShardId, app: &AppId, dialog: DialogId, kind: &str) -> String {
    debug_assert!(is_token(kind), "a kind is one token");
    format!("mtchat.log.{shard}.{app}.{dialog}.u.{kind}")
}

/// Where what workers derive is written.
pub(crate) fn notice(shard: ShardId, app: &AppId, dialog: DialogId, kind: &str) -> String {
    debug_assert!(is_token(kind), "a kind is one token");
    format!("mtchat.log.{shard}.{app}.{dialog}.n.{kind}")
}

/// All ordered facts of a dialog.
pub(crate) fn ordered_facts(shard: ShardId, app: &AppId, dialog: DialogId) -> String {
    format!("mtchat.log.{shard}.{app}.{dialog}.e.*")
}

/// Everything of a dialog.
pub(crate) fn of_dialog(shard: ShardId, app: &AppId, dialog: DialogId) -> String {
    format!("mtchat.log.{shard}.{app}.{dialog}.>")
}

/// Facts of an app, of one kind or all, and nothing else that stands in the log.
pub(crate) fn facts_of(shard: ShardId, app: &AppId, kind: Option<&str>) -> String {
    debug_assert!(kind.is_none_or(is_token), "a kind is one token");
    format!("mtchat.log.{shard}.{app}.*.*.{}", kind.unwrap_or("*"))
}

/// Where something that may be there only once in an app is reserved; `name` is one token.
pub(crate) fn reservation(shard: ShardId, app: &AppId, name: &str) -> String {
    debug_assert!(is_token(name), "a name is one token");
    format!("mtchat.log.{shard}.{app}.key.{name}")
}

/// Everything in a shard's log.
pub(crate) fn log(shard: ShardId) -> String {
    format!("mtchat.log.{shard}.>")
}

/// The live path of an app.
pub(crate) fn live(shard: ShardId, app: &AppId) -> String {
    format!("mtchat.live.{shard}.{app}")
}

/// The live path of a shard.
pub(crate) fn live_of_shard(shard: ShardId) -> String {
    format!("mtchat.live.{shard}.*")
}

/// Where a shard's watermark is announced.
pub(crate) fn stored(shard: ShardId) -> String {
    format!("mtchat.ctl.stored.{shard}")
}

/// Where a ticket is kept, by the name made from its secret.
pub(crate) fn ticket(name: &[u8; 32]) -> String {
    let mut subject = String::with_capacity(78);
    subject.push_str("mtchat.ticket.");
    for byte in name {
        subject.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        subject.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
    }
    subject
}

/// All tickets.
pub(crate) const TICKETS: &str = "mtchat.ticket.*";

/// Where a dialog's timer is set.
pub(crate) fn timer(shard: ShardId, app: &AppId, dialog: DialogId) -> String {
    format!("mtchat.timer.{shard}.{app}.{dialog}")
}

/// All timers that are set.
pub(crate) const TIMERS: &str = "mtchat.timer.>";

/// Where the timers of a shard go when they go off.
pub(crate) fn due(shard: ShardId) -> String {
    format!("mtchat.due.{shard}")
}

/// All timers that have gone off.
pub(crate) const DUE: &str = "mtchat.due.>";

/// Where revocations are announced.
pub(crate) const REVOKED: &str = "mtchat.ctl.revoked";

/// Where edges tell of themselves to each other.
pub(crate) const EDGES: &str = "mtchat.ctl.edges";

/// Where it is told who is online in an app.
pub(crate) fn presence(app: &AppId) -> String {
    format!("mtchat.eph.{app}.presence")
}

/// Where it is told who is online in any app.
pub(crate) fn presence_of_all() -> &'static str {
    "mtchat.eph.*.presence"
}

/// The app of a subject that tells who is online.
pub(crate) fn app_of_presence(subject: &str) -> Option<AppId> {
    app_of_ephemeral(subject, ".presence")
}

/// Where it is told who is typing in an app.
pub(crate) fn typing(app: &AppId) -> String {
    format!("mtchat.eph.{app}.typing")
}

/// Where it is told who is typing in any app.
pub(crate) fn typing_of_all() -> &'static str {
    "mtchat.eph.*.typing"
}

/// The app of a subject that tells who is typing.
pub(crate) fn app_of_typing(subject: &str) -> Option<AppId> {
    app_of_ephemeral(subject, ".typing")
}

/// Where it is told what is on users' screens in an app.
pub(crate) fn viewing(app: &AppId) -> String {
    format!("mtchat.eph.{app}.viewing")
}

/// Where it is told what is on users' screens in any app.
pub(crate) fn viewing_of_all() -> &'static str {
    "mtchat.eph.*.viewing"
}

/// The app of a subject that tells what is on users' screens.
pub(crate) fn app_of_viewing(subject: &str) -> Option<AppId> {
    app_of_ephemeral(subject, ".viewing")
}

fn app_of_ephemeral(subject: &str, suffix: &str) -> Option<AppId> {
    let app = subject.strip_prefix("mtchat.eph.")?.strip_suffix(suffix)?;
    AppId::new(app).ok()
}

/// Where services of an app post notices, as it is described to hosts.
pub(crate) const NOTICE_POST_ADDRESS: &str = "mtchat.svc.{app}.notices.post";

/// Where services of an app post notices.
pub(crate) fn notice_posts(app: &AppId) -> String {
    format!("mtchat.svc.{app}.notices.post")
}

/// Where services of any app post notices.
pub(crate) fn notice_posts_of_all() -> &'static str {
    "mtchat.svc.*.notices.post"
}

/// The app whose services post notices to a subject.
pub(crate) fn app_of_notice_posts(subject: &str) -> Option<AppId> {
    let app = subject
        .strip_prefix("mtchat.svc.")?
        .strip_suffix(".notices.post")?;
    AppId::new(app).ok()
}

/// Take a subject of the log apart.
pub fn parse(subject: &str) -> Result<LogSubject<'_>, NotAFact> {
    parts(subject).ok_or_else(|| NotAFact(subject.to_owned()))
}

fn parts(subject: &str) -> Option<LogSubject<'_>> {
    let mut tokens = subject.strip_prefix("mtchat.log.")?.split('.');
    let shard = ShardId(tokens.next()?.parse().ok()?);
    let app = AppId::new(tokens.next()?).ok()?;
    let dialog = tokens.next()?.parse().ok()?;
    let class = match tokens.next()? {
        "e" => Class::Ordered,
        "n" => Class::Notice,
        "u" => Class::Own,
        _ => return None,
    };
    let kind = tokens.next().filter(|kind| is_token(kind))?;
    tokens.next().is_none().then_some(LogSubject {
        shard,
        app,
        dialog,
        class,
        kind,
    })
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_survives_being_built_and_read() {
        let (app, dialog) = (AppId::new("shop").unwrap(), DialogId::fresh());
        let subject = fact(ShardId(3), &app, dialog, "message_created");
        let read = parse(&subject).unwrap();
        assert_eq!(
            read,
            LogSubject {
                shard: ShardId(3),
                app,
                dialog,
                class: Class::Ordered,
                kind: "message_created"
            }
        );
    }

    #[test]
    fn a_ticket_is_one_token_whatever_its_name() {
        let mut name = [0u8; 32];
        (name[0], name[31]) = (0x2e, 0xff);
        let subject = ticket(&name);
        assert_eq!(subject, format!("mtchat.ticket.2e{}ff", "00".repeat(30)));
    }

    #[test]
    fn the_app_of_an_ephemeral_subject_is_read_back() {
        let app = AppId::new("shop").unwrap();
        assert_eq!(app_of_presence(&presence(&app)), Some(app.clone()));
        assert_eq!(app_of_viewing(&viewing(&app)), Some(app.clone()));
        assert_eq!(app_of_typing(&typing(&app)), Some(app));
        for odd in [
            "mtchat.eph.shop.presence",
            "mtchat.eph..typing",
            "mtchat.eph.a.b.typing",
        ] {
            assert_eq!(app_of_typing(odd), None, "{odd}");
        }
    }

    #[test]
    fn the_app_of_a_service_is_read_back() {
        let app = AppId::new("shop").unwrap();
        assert_eq!(app_of_notice_posts(&notice_posts(&app)), Some(app));
        for odd in [
            "mtchat.svc.notices.post",
            "mtchat.svc..notices.post",
            "mtchat.svc.a.b.notices.post",
            "mtchat.svc.*.notices.post",
            "mtchat.svc.shop.notices.post.more",
        ] {
            assert_eq!(app_of_notice_posts(odd), None, "{odd}");
        }
    }

    #[test]
    fn what_is_not_a_fact_is_told_apart() {
        for odd in [
            "",
            "mtchat.log",
            "mtchat.log.0.shop.key.abc",
            "mtchat.log.0.shop.x.e.k",
            "mtchat.live.0.shop",
        ] {
            assert!(parse(odd).is_err(), "{odd:?} was taken for a fact");
        }
        let id = DialogId::fresh();
        for odd in [
            format!("mtchat.log.0.sh>op.{id}.e.k"),
            format!("mtchat.log.0.a.{id}.e.k.more"),
            format!("mtchat.log.0.a.{id}.e.*"),
        ] {
            assert!(parse(&odd).is_err(), "{odd:?} was taken for a fact");
        }
    }
}
