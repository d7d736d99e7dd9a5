//! Chats as people had them: with everything that is odd about them.

use fastrand::Rng;
use uuid::Uuid;

use crate::png;

/// When it all began, in milliseconds since 1970.
const BEGINNING: u64 = 1_700_000_000_000;
/// Who takes part.
const PEOPLE: usize = 300;
/// Messages with files, of a thousand.
const WITH_FILES: u32 = 2;

/// Everything of a deployment.
#[derive(Debug)]
pub struct Chats {
    /// The same seed makes the same chats.
    pub seed: u64,
    /// Its dialogs.
    pub chats: Vec<Chat>,
}

/// A dialog.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of its row")]
pub struct Chat {
    pub id: Uuid,
    pub object_type: String,
    pub object_id: String,
    pub title: Option<String>,
    pub object_url: Option<String>,
    pub created_by: Option<String>,
    pub created_at: i64,
    pub meta: Option<String>,
    pub people: Vec<Person>,
    pub rules: Vec<(Uuid, [Vec<String>; 3])>,
    pub messages: Vec<Said>,
}

/// Somebody in it.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of its row")]
pub struct Person {
    pub user: String,
    pub joined_at: i64,
    pub joined_as: &'static str,
    pub last_read: Option<Uuid>,
    pub unread: i32,
    /// Whether pointer and counter say the same.
    pub agrees: bool,
    pub notifications: bool,
    pub archived: bool,
    pub pinned: bool,
    pub name: Option<String>,
    pub company: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
}

/// A message.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of its row")]
pub struct Said {
    pub id: Uuid,
    pub sender: Option<String>,
    pub content: String,
    pub sent_at: i64,
    pub edited_at: Option<i64>,
    pub reply_to: Option<Uuid>,
    pub versions: Vec<(i64, String)>,
    pub files: Vec<LegacyFile>,
}

/// A file.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of its row")]
pub struct LegacyFile {
    pub id: Uuid,
    pub filename: String,
    pub content_type: &'static str,
    pub key: String,
    pub size: Option<(i32, i32)>,
    pub bytes: Vec<u8>,
    pub thumbnail: Option<(String, Vec<u8>)>,
}

impl Chats {
    /// So many dialogs with so many messages in all of them together.
    pub fn make(seed: u64, dialogs: usize, messages: usize) -> Self {
        println!("chats of seed {seed}: {dialogs} dialogs, {messages} messages");
        let mut rng = Rng::with_seed(seed);
        let mut left = messages;
        let mut chats = Vec::with_capacity(dialogs);
        for number in 0..dialogs {
            let count = match (number, dialogs - number) {
                // A long one, two without any, and the last one has what is left.
                (0, _) => messages / 20,
                (1 | 2, _) => 0,
                (_, 1) => left,
                (_, behind) => rng.usize(0..=left.min(2 * left / behind)),
            };
            left -= count;
            chats.push(chat(&mut rng, number, count));
        }
        Self { seed, chats }
    }

    /// All messages.
    pub fn messages(&self) -> impl Iterator<Item = &Said> {
        self.chats.iter().flat_map(|chat| &chat.messages)
    }

    /// All files, with their dialogs.
    pub fn files(&self) -> impl Iterator<Item = (&Chat, &LegacyFile)> {
        let said = self
            .chats
            .iter()
            .flat_map(|chat| chat.messages.iter().map(move |said| (chat, said)));
        said.flat_map(|(chat, said)| said.files.iter().map(move |file| (chat, file)))
    }
}

fn chat(rng: &mut Rng, number: usize, count: usize) -> Chat {
    let mut clock = BEGINNING + number as u64 * 60_000;
    let id = uuid(rng, clock);
    let created_at = micros(rng, clock);
    let count_of_people = if number == 2 { 0 } else { rng.usize(1..=6) };
    let mut people = people(rng, count_of_people, created_at);
    let object = if number.is_multiple_of(7) {
        number / 2
    } else {
        number
    };
    let mut messages: Vec<Said> = Vec::with_capacity(count);
    for at in 0..count {
        clock += rng.u64(1..100_000);
        messages.push(said(rng, number, at, clock, &people, &messages));
    }
    for person in &mut people {
        read(rng, person, &messages);
    }
    Chat {
        id,
        object_type: if number.is_multiple_of(3) {
            "тендер".to_owned()
        } else {
            "order".to_owned()
        },
        object_id: if number.is_multiple_of(11) {
            format!("№ {object}/a?b#c%d")
        } else {
            object.to_string()
        },
        title: (!number.is_multiple_of(5))
            .then(|| format!("Заказ № {number} — «{}»", "ü".repeat(number % 400))),
        object_url: number
            .is_multiple_of(4)
            .then(|| format!("https://shop.example/orders/{number}?a=1&b=2")),
        created_by: people.first().map(|person| person.user.clone()),
        created_at,
        meta: number
            .is_multiple_of(6)
            .then(|| format!("{{\"b\": [1, 2.50, null], \"a\": \"ключ {number}\"}}")),
        rules: (0..number % 4).map(|_| (uuid(rng, clock), rule(rng))).collect(),
        people,
        messages,
    }
}

fn rule(rng: &mut Rng) -> [Vec<String>; 3] {
    std::array::from_fn(|level| {
        let count = rng.usize(usize::from(level == 0)..3);
        (0..count)
            .map(|_| format!("область/{level} {}", rng.u8(..)))
            .collect()
    })
}

fn people(rng: &mut Rng, count: usize, created_at: i64) -> Vec<Person> {
    let mut known = Vec::new();
    while known.len() < count {
        let number = rng.usize(0..PEOPLE);
        if !known.contains(&number) {
            known.push(number);
        }
    }
    let people = known.into_iter().enumerate().map(|(at, number)| Person {
        user: user(number),
        joined_at: created_at + i64::try_from(at / 2).expect("few people") * 1_500_000,
        joined_as: ["creator", "participant", "joined"][at.min(2)],
        last_read: None,
        unread: 0,
        agrees: true,
        notifications: rng.u8(..10) > 0,
        archived: rng.u8(..8) == 0,
        pinned: rng.u8(..9) == 0,
        name: (rng.u8(..12) > 0).then(|| format!("Имя {number}")),
        company: (rng.u8(..3) > 0).then(|| format!("ООО «{}»", number % 40)),
        email: (rng.bool()).then(|| format!("u{number}@example.com")),
        phone: (rng.bool()).then(|| format!("+7 900 {number:07}")),
    });
    people.collect()
}

fn user(number: usize) -> String {
    match number % 10 {
        3 => format!("пользователь {number}"),
        6 => format!("a/b?c={number}&d#%"),
        9 => Uuid::from_u128(number as u128).to_string(),
        _ => format!("user-{number}"),
    }
}

fn said(rng: &mut Rng, number: usize, at: usize, clock: u64, people: &[Person], before: &[Said]) -> Said {
    let id = uuid(rng, clock);
    let sent_at = micros(rng, clock);
    let none = Said {
        id,
        sender: None,
        content: String::new(),
        sent_at,
        edited_at: None,
        reply_to: None,
        versions: Vec::new(),
        files: Vec::new(),
    };
    if at == 0 || rng.u8(..40) == 0 {
        let content = match (at, rng.u8(..4)) {
            (0, _) => r#"{"event":"chat_created","participants":[{"name":"Имя 1","company":"ООО"}]}"#,
            (_, 0) => r#"{"event":"participant_joined","name":"Имя 2","company":"ООО"}"#,
            (_, 1) => r#"{"event":"participant_left","name":"Имя <3>"}"#,
            (_, 2) => r#"{"event": "paid", "amount": 12.50}"#,
            (_, _) => "written before there was JSON",
        };
        let content = content.to_owned();
        return Said { content, ..none };
    }
    let is_gone = people.is_empty() || rng.u8(..50) == 0;
    let sender = if is_gone {
        format!("gone-{}", rng.u8(..5))
    } else {
        people[rng.usize(..people.len())].user.clone()
    };
    let versions: Vec<(i64, String)> = if rng.u8(..25) == 0 {
        let each = (1..=rng.i64(1..4)).map(|version| (sent_at + version * 1_000_000, text(rng, number, at)));
        each.collect()
    } else {
        Vec::new()
    };
    let reply_to = (rng.u8(..12) == 0).then(|| before[rng.usize(..before.len())].id);
    let files = if rng.u32(..1_000) < WITH_FILES {
        (0..=rng.usize(..3)).map(|_| file(rng, clock)).collect()
    } else {
        Vec::new()
    };
    Said {
        sender: Some(sender),
        content: text(rng, number, at),
        edited_at: versions.last().map(|version| version.0),
        reply_to,
        versions,
        files,
        ..none
    }
}

fn text(rng: &mut Rng, number: usize, at: usize) -> String {
    let words = (0..rng.usize(1..12)).map(|_| format!("w{}", rng.u32(..5_000)));
    let words = words.collect::<Vec<_>>().join(" ");
    match rng.u8(..6) {
        0 => format!("<p>{words} <strong>needle{number}x{at}</strong></p>"),
        1 => format!("привет 👋🏽 {words} &amp; needle{number}x{at}"),
        _ => format!("needle{number}x{at} {words}"),
    }
}

fn file(rng: &mut Rng, clock: u64) -> LegacyFile {
    let id = uuid(rng, clock);
    let key = format!("{}/файл {id}.bin", Uuid::from_u128(rng.u128(..)));
    if rng.bool() {
        return LegacyFile {
            id,
            filename: format!("картинка {}.png", rng.u8(..)),
            content_type: "image/png",
            thumbnail: rng.bool().then(|| (format!("thumbs/{id}"), png(2, 2))),
            key,
            size: Some((9, 7)),
            bytes: png(9, 7),
        };
    }
    LegacyFile {
        id,
        filename: format!("заметка {}.txt", rng.u8(..)),
        content_type: "text/plain",
        bytes: format!("bytes of {id}").into_bytes(),
        key,
        size: None,
        thumbnail: None,
    }
}

/// Where somebody stands. Now and then the counter has gone its own way, as counters do.
fn read(rng: &mut Rng, person: &mut Person, messages: &[Said]) {
    let unread_from = |at: usize| {
        let after = messages[at..].iter();
        let counted = after.filter(|said| said.sender.as_ref().is_some_and(|sender| *sender != person.user));
        i32::try_from(counted.count()).expect("few messages")
    };
    let all = unread_from(0);
    if messages.is_empty() || rng.u8(..10) == 0 {
        person.unread = all;
    } else {
        let at = rng.usize(..messages.len());
        person.last_read = Some(messages[at].id);
        person.unread = unread_from(at + 1);
    }
    let own_way = rng.i32(0..=all);
    if rng.u8(..15) == 0 && own_way != person.unread {
        person.unread = own_way;
        person.agrees = false;
    }
}

/// A UUIDv7 of that moment.
fn uuid(rng: &mut Rng, clock: u64) -> Uuid {
    let random = rng.u128(..);
    let made = (u128::from(clock) << 80) | (random & ((1 << 80) - 1));
    let versioned = (made & !(0xf << 76)) | (0x7 << 76);
    Uuid::from_u128((versioned & !(0x3 << 62)) | (0x2 << 62))
}

fn micros(rng: &mut Rng, clock: u64) -> i64 {
    i64::try_from(clock * 1_000).expect("before the end of time") + rng.i64(0..1_000)
}
