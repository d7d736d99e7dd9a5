use crate::support::{Database, history::History};
use sqlx::Row;

fn cpu(pids: &[i32]) -> f64 {
    pids.iter()
        .filter_map(|pid| {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            let rest: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
            Some((rest[11].parse::<f64>().unwrap() + rest[12].parse::<f64>().unwrap()) * 10_000.0)
        })
        .sum()
}

#[tokio::test]
async fn measure() {
    let database = Database::start().await;
    if std::env::var("PLAN").is_ok() {
        let mut look = database.look().await;
        for sql in ["ALTER SYSTEM SET session_preload_libraries = 'auto_explain'", "ALTER SYSTEM SET auto_explain.log_min_duration = 0", "ALTER SYSTEM SET auto_explain.log_analyze = on", "ALTER SYSTEM SET auto_explain.log_buffers = on", "SELECT pg_reload_conf()"] {
            sqlx::raw_sql(sql).execute(&mut look).await.unwrap();
        }
    }
    let mut history = History::default();
    let dialogs: Vec<_> = (0..1000)
        .map(|_| history.create(&["alice", "bob", "carol"]))
        .collect();
    let mut at = database
        .storage
        .apply(&database.start, &history.entries)
        .await
        .unwrap();
    let created = history.entries.len();
    let text = "x".repeat(200);
    for n in 0..60_000_usize {
        let dialog = dialogs[(n * 7919) % dialogs.len()];
        history.send(["alice", "bob", "carol"][n % 3], dialog, &text);
    }
    let mut look = database.look().await;
    let mut rest = &history.entries[created..];
    for size in if std::env::var("PLAN").is_ok() { vec![500] } else { vec![500, 20, 10, 500, 20, 10] } {
        let (part, later) = rest.split_at(10_000);
        rest = later;
        let pids: Vec<i32> = sqlx::query("SELECT pid FROM pg_stat_activity")
            .fetch_all(&mut look)
            .await
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect();
        let before = cpu(&pids);
        let own = cpu(&[std::process::id() as i32]);
        let begun = std::time::Instant::now();
        for batch in part.chunks(size) {
            at = database.storage.apply(&at, batch).await.unwrap();
        }
        let wall = begun.elapsed();
        eprintln!(
            "batches of {size}: pg {:.1} us, own {:.1} us per message, {:.0} msg/s",
            (cpu(&pids) - before) / 10_000.0,
            (cpu(&[std::process::id() as i32]) - own) / 10_000.0,
            10_000.0 / wall.as_secs_f64()
        );
    }
    for row in sqlx::query(
        "SELECT relname, n_tup_upd, n_tup_hot_upd, n_live_tup, n_dead_tup FROM pg_stat_user_tables",
    )
    .fetch_all(&mut look)
    .await
    .unwrap()
    {
        eprintln!(
            "{} upd {} hot {}",
            row.get::<String, _>(0),
            row.get::<i64, _>(1),
            row.get::<i64, _>(2)
        );
    }
    if std::env::var("PLAN").is_ok() {
        let log: String = sqlx::query_scalar("SELECT pg_read_file(current_setting('data_directory') || '/../log')").fetch_one(&mut look).await.unwrap();
        std::fs::write("/tmp/storage-plan.log", log).unwrap();
    }
}
