//! What must be so when nothing is on its way any more.

use std::collections::BTreeMap;

use mtchat_client_core::{DialogRow, Row, Sending};
use mtchat_protocol::{DialogId, MessageView};

use crate::{device::Device, files, network::Simulation, people};

pub fn check(simulation: &Simulation) -> Result<(), String> {
    if !simulation.is_settled() {
        let states: Vec<_> = simulation
            .devices
            .iter()
            .map(|device| {
                format!(
                    "{:?} {:?} {:?} at {}",
                    device.client.state(),
                    device.client.outbox(),
                    device.client.poll_timeout(),
                    simulation.now
                )
            })
            .collect();
        return Err(format!(
            "something is still on its way: {states:?}, {} of {} stored",
            simulation.world.stored_to,
            simulation.world.log.len()
        ));
    }
    for number in 0..simulation.devices.len() {
        let wrong = |wrong: String| format!("device {number}: {wrong}");
        let device = &simulation.devices[number];
        dialogs(simulation, device).map_err(wrong)?;
        for dialog in &device.opened {
            timeline(simulation, device, *dialog).map_err(wrong)?;
            people::participants(&simulation.world, device, *dialog).map_err(wrong)?;
        }
        people::available(&simulation.world, device).map_err(wrong)?;
        people::drafts(simulation, device).map_err(wrong)?;
        sent(simulation, number).map_err(wrong)?;
    }
    Ok(())
}

/// The dialogs that a device shows are those that there are.
fn dialogs(simulation: &Simulation, device: &Device) -> Result<(), String> {
    let truth = &simulation.world.truth;
    let mut expected: BTreeMap<DialogId, DialogRow> = BTreeMap::new();
    for item in truth.items(&device.user) {
        expected.insert(item.dialog.id, item);
    }
    let listed: Vec<DialogRow> = device.client.dialogs().into_iter().cloned().collect();
    let known: BTreeMap<DialogId, DialogRow> =
        listed.iter().map(|row| (row.dialog.id, row.clone())).collect();
    same("the dialogs", &known, &expected)?;
    same("the list on the screen", &device.screen.dialogs, &expected)?;
    same(
        "whether all is loaded",
        &(device.screen.fresh, device.screen.more),
        &(true, false),
    )?;
    let order: Vec<_> = listed
        .iter()
        .map(|row| {
            let active = row.last_message_at.unwrap_or(row.dialog.created_at);
            (row.is_pinned, active)
        })
        .collect();
    if order.windows(2).any(|pair| pair[0] < pair[1]) {
        return Err(format!("the list is out of order: {order:?}"));
    }
    let total = truth.total(&device.user);
    same(
        "the total of unread messages",
        &device.client.unread(),
        &Some(total),
    )?;
    same(
        "the total on the screen",
        &device.screen.unread,
        &Some((total.unread_count, total.dialogs)),
    )?;
    // Nobody has typed for longer than that is shown.
    if device.screen.typing.values().any(|users| !users.is_empty()) {
        return Err(format!("somebody types: {:?}", device.screen.typing));
    }
    Ok(())
}

fn timeline(simulation: &Simulation, device: &Device, dialog: DialogId) -> Result<(), String> {
    let rows = device.client.rows(dialog).unwrap();
    let shown = device.screen.timelines.get(&dialog).cloned().unwrap_or_default();
    same("the timeline on the screen", &shown, &rows)?;
    let table = simulation.world.truth.dialogs.get(&dialog);
    let Some(table) = table.filter(|table| table.has(&device.user)) else {
        let others = rows.iter().any(|row| !matches!(row, Row::Sending(_)));
        return if others {
            Err(format!("what is said in a dialog that one is not in: {rows:?}"))
        } else {
            Ok(())
        };
    };
    let mut there = table.shown(&device.user);
    for view in &mut there {
        view.reactions.sort_by(|a, b| {
            b.count
                .cmp(&a.count)
                .then_with(|| a.emoji.as_str().cmp(b.emoji.as_str()))
        });
    }
    let stretches: Vec<Vec<MessageView>> = rows
        .split(|row| matches!(row, Row::Gap { .. }))
        .map(|rows| {
            let messages = rows.iter().filter_map(|row| match row {
                Row::Message(view) => Some(files::without_links(view)),
                Row::Gap { .. } | Row::Sending(_) => None,
            });
            messages.collect()
        })
        .collect();
    let mut behind = 0;
    for stretch in &stretches {
        let Some(first) = stretch.first() else { continue };
        let place = there
            .iter()
            .position(|view| view.id == first.id)
            .ok_or("a message that is not there")?;
        let expected = there[place..].iter().take(stretch.len()).cloned().collect();
        same("a stretch of the timeline", stretch, &expected)?;
        if place < behind {
            return Err("stretches that overlap".to_owned());
        }
        behind = place + stretch.len();
    }
    // The newest message is shown, or it says that there are newer ones.
    let last = rows.iter().rev().find(|row| !matches!(row, Row::Sending(_)));
    let ends = match last {
        Some(Row::Gap { .. }) => true,
        Some(Row::Message(view)) => there.last().is_some_and(|newest| newest.id == view.id),
        Some(Row::Sending(_)) | None => there.is_empty(),
    };
    if !ends {
        return Err(format!("the newest messages are missing: {last:?}"));
    }
    let begins = match rows.first() {
        Some(Row::Message(view)) => there[0].id == view.id,
        _ => true,
    };
    if !begins {
        return Err("the oldest messages are missing without a gap".to_owned());
    }
    Ok(())
}

/// What was sent is there once, in order unless it was refused meanwhile, or shown as refused.
fn sent(simulation: &Simulation, number: usize) -> Result<(), String> {
    let client = &simulation.devices[number].client;
    let mut last: BTreeMap<DialogId, u64> = BTreeMap::new();
    for (dialog, mark) in &simulation.sent[number] {
        let kept = client.outbox();
        let refused = kept
            .iter()
            .any(|entry| files::mark_of_entry(entry) == *mark && matches!(entry.state, Sending::Failed(_)));
        let log = simulation.world.log.iter().filter(|fact| {
            let mtchat_protocol::FactData::MessageCreated(sent) = &fact.data else {
                return false;
            };
            files::mark(sent.content.as_str(), sent.attachments.iter().map(|file| file.id)) == *mark
        });
        let seqs: Vec<u64> = log.map(mtchat_protocol::Fact::seq).collect();
        let rows = client.rows(*dialog).unwrap_or_default();
        let shown = |row: &Row| matches!(row, Row::Message(view) if files::mark_of_view(view) == *mark);
        match (seqs.as_slice(), refused) {
            ([], true) => {}
            // A copy of the request was taken later, and nobody has looked there since.
            ([_], true) if !rows.iter().any(shown) => {}
            ([_], false) if simulation.devices[number].refused.contains(mark) => {}
            ([seq], false) => {
                if last.insert(*dialog, *seq).is_some_and(|before| before > *seq) {
                    return Err(format!("{mark} came before what was sent earlier"));
                }
            }
            (found, refused) => {
                return Err(format!(
                    "{mark} is there {} times, refused: {refused}",
                    found.len()
                ));
            }
        }
    }
    Ok(())
}

pub fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Result<(), String> {
    if found == expected {
        return Ok(());
    }
    let (found, expected) = (format!("{found:?}"), format!("{expected:?}"));
    let equal = found
        .chars()
        .zip(expected.chars())
        .take_while(|(a, b)| a == b)
        .count();
    let around = |text: &str| -> String { text.chars().skip(equal.saturating_sub(300)).take(700).collect() };
    Err(format!(
        "{what}:\nfound    …{}\nexpected …{}",
        around(&found),
        around(&expected)
    ))
}
