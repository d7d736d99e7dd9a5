//! What must be so of people, of what one may join, and of drafts, when nothing is on its way any more.

use std::collections::{BTreeMap, BTreeSet};

use mtchat_client_core::{DialogRow, ParticipantRow};
use mtchat_protocol::{DialogId, MessageId, UserId};

use crate::{check::same, device::Device, network::Simulation, seats::Seat, world::World};

/// Those shown in a dialog that is looked at are those who are in it, as they are.
pub fn participants(world: &World, device: &Device, dialog: DialogId) -> Result<(), String> {
    let rows = device.client.participants(dialog).unwrap();
    let shown = device
        .screen
        .participants
        .get(&dialog)
        .cloned()
        .unwrap_or_default();
    same("the participants on the screen", &shown, &rows.to_vec())?;
    let table = world.truth.dialogs.get(&dialog);
    let Some(inside) = table.filter(|table| table.has(&device.user)) else {
        // Candidates see who was there when they looked, and are told nothing more.
        let candidate = table.is_some_and(|table| world.may_join(table, &device.user));
        return if candidate || rows.is_empty() {
            Ok(())
        } else {
            Err(format!("who is in a dialog that is not for one's eyes: {rows:?}"))
        };
    };
    let mut expected: Vec<ParticipantRow> = inside
        .participants()
        .into_iter()
        .map(ParticipantRow::from)
        .collect();
    for (row, seat) in expected.iter_mut().zip(&inside.seats) {
        let own = row.user_id == device.user;
        // Whoever looks at this is there.
        row.is_online = own || world.presence.is_online(&row.user_id);
        row.last_seen = world.presence.last_seen(&row.user_id).filter(|_| !own);
        let there = rows.iter().find(|there| there.user_id == row.user_id);
        if let Some(pointer) = there.map(|there| there.last_read_message_id)
            && !own
            && stood_there(seat, pointer)
        {
            row.last_read_message_id = pointer;
        }
    }
    same("the participants", &rows.to_vec(), &expected)?;
    let others = expected.iter().filter(|row| row.user_id != device.user);
    let online: BTreeMap<UserId, bool> = others.map(|row| (row.user_id.clone(), row.is_online)).collect();
    let told = device
        .screen
        .online
        .iter()
        .filter(|(user, _)| online.contains_key(*user));
    let told: BTreeMap<UserId, bool> = told.map(|(user, online)| (user.clone(), *online)).collect();
    same("who is online", &told, &online)
}

/// Whether somebody's pointer stood there before they moved it back, and has not come that far again. Who marks messages as unread
/// tells only their own devices: whoever loaded the pointer before that goes on showing it until it is passed.
pub fn stood_there(seat: &Seat, pointer: Option<MessageId>) -> bool {
    seat.before.iter().any(|(_, before)| *before == pointer)
}

/// What is shown as joinable is exactly what the user may join. What a dialog is called or who is in it may be older: candidates are
/// not told of it.
pub fn available(world: &World, device: &Device) -> Result<(), String> {
    let listed = device.client.available().into_iter();
    let listed: BTreeMap<DialogId, DialogRow> = listed.map(|row| (row.dialog.id, row.clone())).collect();
    same(
        "what may be joined on the screen",
        &device.screen.available,
        &listed,
    )?;
    let joinable = world.truth.dialogs.iter();
    let joinable = joinable.filter(|(_, table)| device.available && world.may_join(table, &device.user));
    let mut expected: BTreeMap<DialogId, DialogRow> =
        joinable.map(|(id, table)| (*id, table.offered())).collect();
    for (id, row) in &mut expected {
        let Some(shown) = listed.get(id) else { continue };
        row.dialog.title.clone_from(&shown.dialog.title);
        row.dialog.object_url.clone_from(&shown.dialog.object_url);
        row.dialog.meta.clone_from(&shown.dialog.meta);
        row.dialog.frozen = shown.dialog.frozen;
        row.participants.clone_from(&shown.participants);
        row.participants_count = shown.participants.len() as u64;
    }
    same("what may be joined", &listed, &expected)
}

/// What was written and not sent is there, also after a reload.
pub fn drafts(simulation: &Simulation, device: &Device) -> Result<(), String> {
    same("the drafts", &device.screen.drafts, &device.drafts)?;
    same("the drafts that are kept", &device.kept_drafts, &device.drafts)?;
    let dialogs: BTreeSet<DialogId> = simulation.world.log.iter().map(|fact| fact.dialog).collect();
    for dialog in dialogs {
        let expected = device.drafts.get(&dialog).map_or("", String::as_str);
        same("a draft", &device.client.draft(dialog), &expected)?;
    }
    Ok(())
}
