use std::collections::BTreeSet;

use super::*;

const GRACE: u32 = 10;

fn app() -> AppId {
    AppId::default_app()
}

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn now(seconds: u32) -> Now {
    Now {
        seconds,
        wall: Timestamp::from_micros(i64::from(seconds) * 1_000_000),
    }
}

/// What was told: the user, and whether they are online.
fn told(view: &mut View, seconds: u32) -> Vec<(String, bool)> {
    let changes = view.changes(now(seconds)).into_iter();
    changes
        .map(|change| (change.user.to_string(), change.last_seen.is_none()))
        .collect()
}

fn alice(online: bool) -> Vec<(String, bool)> {
    vec![("alice".to_owned(), online)]
}

#[test]
fn somebody_is_online_while_any_edge_holds_a_connection_and_for_the_grace_after_it() {
    let [me, other] = [EdgeId::fresh(), EdgeId::fresh()];
    let mut view = View::new(me, GRACE);
    view.alive(other, 100);
    view.came(me, &app(), &user("alice"));
    view.came(other, &app(), &user("alice"));
    assert_eq!(told(&mut view, 100), alice(true));
    view.went(me, &app(), &user("alice"), now(101));
    view.alive(other, 112);
    assert_eq!(told(&mut view, 112), []);
    assert!(view.is_online(&app(), &user("alice")));
    view.went(other, &app(), &user("alice"), now(112));
    assert_eq!(told(&mut view, 112 + GRACE - 1), []);
    assert!(view.is_online(&app(), &user("alice")));
    let changes = view.changes(now(112 + GRACE));
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].last_seen, Some(now(112).wall));
    assert!(!changes[0].keep, "the edge that held it writes it down");
    assert!(!view.is_online(&app(), &user("alice")));
    assert_eq!(view.len(), 0);
}

#[test]
fn a_reconnect_within_the_grace_is_not_told() {
    let me = EdgeId::fresh();
    let mut view = View::new(me, GRACE);
    view.came(me, &app(), &user("alice"));
    assert_eq!(told(&mut view, 0), alice(true));
    for second in [5, 12, 19] {
        view.went(me, &app(), &user("alice"), now(second));
        assert_eq!(told(&mut view, second + 1), []);
        view.came(me, &app(), &user("alice"));
    }
    assert_eq!(told(&mut view, 100), []);
    assert!(view.is_online(&app(), &user("alice")));
    view.went(me, &app(), &user("alice"), now(101));
    let changes = view.changes(now(101 + GRACE));
    assert!(changes[0].keep, "it was this edge's own connection");
}

#[test]
fn an_edge_that_is_silent_takes_its_users_with_it() {
    let [me, other] = [EdgeId::fresh(), EdgeId::fresh()];
    let mut view = View::new(me, GRACE);
    view.alive(other, 100);
    view.came(other, &app(), &user("alice"));
    assert_eq!(told(&mut view, 100), alice(true));
    assert_eq!(told(&mut view, 114), []);
    assert_eq!(told(&mut view, 115), []);
    let changes = view.changes(now(115 + GRACE));
    assert_eq!(changes.len(), 1);
    assert!(changes[0].keep, "nobody else can write it down");
    assert!(!view.is_online(&app(), &user("alice")));
}

#[test]
fn silence_says_nothing_while_nothing_can_be_heard() {
    let [me, other] = [EdgeId::fresh(), EdgeId::fresh()];
    let mut view = View::new(me, GRACE);
    view.alive(other, 100);
    view.came(other, &app(), &user("alice"));
    assert_eq!(told(&mut view, 100), alice(true));
    for second in 100..400 {
        view.hold(second);
        assert_eq!(told(&mut view, second), []);
    }
    assert!(view.is_online(&app(), &user("alice")));
}

#[test]
fn apps_have_nothing_to_do_with_each_other() {
    let me = EdgeId::fresh();
    let mut view = View::new(me, GRACE);
    view.came(me, &app(), &user("alice"));
    assert!(!view.is_online(&AppId::new("other").unwrap(), &user("alice")));
}

/// Words get lost, whole sets repair what they left behind, and in the end the view is the union of what the edges hold.
#[test]
fn whole_sets_repair_whatever_was_missed() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    for _ in 0..200 {
        let [me, one, two] = [EdgeId::fresh(), EdgeId::fresh(), EdgeId::fresh()];
        let mut view = View::new(me, GRACE);
        let mut truth = [BTreeSet::new(), BTreeSet::new(), BTreeSet::new()];
        let edges = [me, one, two];
        let mut seconds = 0;
        for _ in 0..random.usize(..100) {
            let (edge, name) = (random.usize(..3), format!("user-{}", random.u8(..12)));
            let lost = edge != 0 && random.u8(..3) == 0;
            let came = random.bool();
            if came {
                truth[edge].insert(name.clone());
            } else {
                truth[edge].remove(&name);
            }
            match (lost, came) {
                (true, _) => {}
                (false, true) => view.came(edges[edge], &app(), &user(&name)),
                (false, false) => view.went(edges[edge], &app(), &user(&name), now(seconds)),
            }
            seconds += random.u32(..3);
            edges[1..].iter().for_each(|edge| view.alive(*edge, seconds));
            view.changes(now(seconds));
        }
        for edge in 1..3 {
            let parts = random.u32(1..4);
            for part in 0..parts {
                let users = truth[edge].iter().map(|name| user(name));
                let users: Vec<_> = users
                    .filter(|user| UsersSaid::part_of(user, parts) == part)
                    .collect();
                view.whole(edges[edge], &app(), (part, parts), &users, now(seconds));
            }
        }
        edges[1..]
            .iter()
            .for_each(|edge| view.alive(*edge, seconds + GRACE));
        view.changes(now(seconds + GRACE));
        let online: BTreeSet<_> = truth.iter().flatten().cloned().collect();
        for number in 0..12 {
            let name = format!("user-{number}");
            assert_eq!(
                view.is_online(&app(), &user(&name)),
                online.contains(&name),
                "{name}"
            );
        }
        assert_eq!(view.len(), online.len());
    }
}
