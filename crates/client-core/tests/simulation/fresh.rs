//! For every kind of fact: who heard of it shows the same as who loads everything afterwards.

use std::sync::Mutex;

use mtchat_client_core::{Client, Intent, Row};
use mtchat_protocol::{DialogId, FactData, FactKind, UserId};

use crate::{
    check::{check, same},
    deeds::kinds,
    files, first_wrong,
    network::Simulation,
    people::stood_there,
    settle,
    world::World,
};

/// So many seeds are tried.
const SEEDS: u64 = 5_200;
/// So often at least each kind must have been the last fact of a history, the one that nothing covers up.
const LEAST: u64 = 150;
/// So often a kind is tried in a world that may not allow it, with something else in between that may.
const TRIES: usize = 60;

/// How often each kind happened, and how often it was the last.
#[derive(Default, Clone, Copy)]
struct Counts {
    all: [u64; 26],
    last: [u64; 26],
}

#[test]
fn who_heard_every_kind_of_fact_shows_what_a_fresh_client_loads() {
    let counts = Mutex::new(Counts::default());
    if let Some((seed, wrong)) = first_wrong(SEEDS, |seed| run(seed, &counts)) {
        panic!("seed {seed}: {wrong}");
    }
    let Counts { all, last } = counts.into_inner().unwrap();
    println!("all: {all:?}, last: {last:?}");
    assert!(last.iter().all(|count| *count >= LEAST), "{last:?}");
    assert!(all.iter().zip(last).all(|(all, last)| *all >= last), "{all:?}");
}

/// One history, at the end of which stands a fact of a kind that the seed chooses.
fn run(seed: u64, counts: &Mutex<Counts>) -> Result<(), String> {
    let mut simulation = Simulation::new(seed, None);
    simulation.stormy = false;
    look_at_everything(&mut simulation);
    for _ in 0..simulation.rng.usize(5..30) {
        let mut rng = simulation.rng.fork();
        let kind = &kinds()[rng.usize(..kinds().len())];
        simulation.world.make(kind, &mut rng);
        simulation.world.project(rng.usize(..3));
        look_at_everything(&mut simulation);
        simulation.pump();
        let until = simulation.now + rng.u64(1..400);
        simulation.run_until(until);
    }
    load_all(&mut simulation);
    let kind = &kinds()[usize::try_from(seed).unwrap() % kinds().len()];
    let mut rng = simulation.rng.fork();
    let made = (0..TRIES).find_map(|_| {
        let made = simulation.world.make(kind, &mut rng);
        if made.is_none() {
            // Mostly there is nothing that an emoji could be on, or none.
            let any = &kinds()[rng.usize(..kinds().len())];
            for other in [any, &FactKind::MessageCreated, &FactKind::ReactionAdded] {
                simulation.world.make(other, &mut rng);
            }
        }
        made
    });
    simulation.pump();
    load_all(&mut simulation);

    let people: Vec<UserId> = simulation.devices[..2]
        .iter()
        .map(|device| device.user.clone())
        .collect();
    let fresh: Vec<usize> = people.iter().map(|user| simulation.begin(user, None)).collect();
    for (heard, fresh) in fresh.iter().enumerate() {
        for dialog in simulation.devices[heard].opened.clone() {
            simulation.wants(*fresh, Intent::Open(dialog));
        }
        simulation.wants(*fresh, Intent::Available(true));
    }
    load_all(&mut simulation);
    check(&simulation)?;
    for (heard, fresh) in fresh.into_iter().enumerate() {
        let (heard, fresh) = (&simulation.devices[heard], &simulation.devices[fresh]);
        for dialog in &heard.opened {
            compare(
                &simulation.world,
                *dialog,
                &heard.user,
                (&heard.client, &fresh.client),
            )?;
        }
        same("the list", &heard.client.dialogs(), &fresh.client.dialogs())?;
        let joinable = |client: &Client| -> Vec<DialogId> {
            client.available().iter().map(|row| row.dialog.id).collect()
        };
        same(
            "what may be joined",
            &joinable(&heard.client),
            &joinable(&fresh.client),
        )?;
        same("what is unread", &heard.client.unread(), &fresh.client.unread())?;
    }
    let mut counts = counts.lock().unwrap();
    for fact in &simulation.world.log {
        counts.all[number(&fact.data)] += 1;
    }
    if let Some(place) = made {
        counts.last[number(&simulation.world.log[place - 1].data)] += 1;
    }
    Ok(())
}

/// Every dialog that there is, and the list of those that may be joined.
fn look_at_everything(simulation: &mut Simulation) {
    for device in 0..2 {
        for dialog in simulation.world.dialogs() {
            if !simulation.devices[device].opened.contains(&dialog) {
                simulation.wants(device, Intent::Open(dialog));
            }
        }
        if !simulation.devices[device].available {
            simulation.wants(device, Intent::Available(true));
        }
    }
}

/// Until no timeline has a gap.
fn load_all(simulation: &mut Simulation) {
    loop {
        settle(simulation, 0);
        let mut asked = false;
        for device in 0..simulation.devices.len() {
            for dialog in simulation.devices[device].opened.clone() {
                let rows = simulation.devices[device].client.rows(dialog).unwrap();
                if rows.iter().any(|row| matches!(row, Row::Gap { .. })) {
                    simulation.wants(device, Intent::Older(dialog));
                    asked = true;
                }
            }
        }
        if !asked {
            return;
        }
    }
}

fn compare(
    world: &World,
    dialog: DialogId,
    user: &UserId,
    (heard, fresh): (&Client, &Client),
) -> Result<(), String> {
    let rows = |client: &Client| files::rows_without_links(client.rows(dialog));
    same("the timeline", &rows(heard), &rows(fresh))?;
    same("the draft", &heard.draft(dialog), &fresh.draft(dialog))?;
    let Some(table) = world.truth.dialogs.get(&dialog).filter(|table| table.has(user)) else {
        // Candidates are told nothing of who comes and goes.
        return Ok(());
    };
    let mut shown = heard.participants(dialog).unwrap().to_vec();
    let loaded = fresh.participants(dialog).unwrap().to_vec();
    for (row, loaded) in shown.iter_mut().zip(&loaded) {
        // Others are not told that somebody moved their pointer back.
        if let Some(seat) = table.seat(&row.user_id)
            && row.user_id != *user
            && stood_there(seat, row.last_read_message_id)
        {
            row.last_read_message_id = loaded.last_read_message_id;
        }
    }
    same("the participants", &shown, &loaded)
}

/// Which kind it is. Whoever adds one is asked here what a client makes of it, and in [`kinds`] how it comes to be.
fn number(data: &FactData) -> usize {
    match data {
        FactData::Archived(_) => 0,
        FactData::DialogCreated(_) => 1,
        FactData::DialogDeleted(_) => 2,
        FactData::DialogUnarchived(_) => 3,
        FactData::DialogUpdated(_) => 4,
        FactData::MarkedUnread(_) => 5,
        FactData::MessageCreated(_) => 6,
        FactData::MessageDeleted(_) => 7,
        FactData::MessageEdited(_) => 8,
        FactData::NotificationsSet(_) => 9,
        FactData::NoticePosted(_) => 10,
        FactData::ParticipantAdded(_) => 11,
        FactData::ParticipantJoined(_) => 12,
        FactData::ParticipantLeft(_) => 13,
        FactData::ParticipantRemoved(_) => 14,
        FactData::ReactionAdded(_) => 15,
        FactData::ReactionRemoved(_) => 16,
        FactData::Pinned(_) => 17,
        FactData::Read(_) => 18,
        FactData::ParticipantRoleChanged(_) => 19,
        FactData::ScopesReplaced(_) => 20,
        FactData::Unarchived(_) => 21,
        FactData::Unpinned(_) => 22,
        FactData::Unknown(_) => 23,
        FactData::NotificationPending(_) => 24,
        FactData::DialogArchived(_) => 25,
    }
}
