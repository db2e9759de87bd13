//! Faults: a killed process loses nothing that it acknowledged; a full disk refuses writing and goes on reading.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use store::entity::{Account, Setting};
use store::{Actor, Error, Json, Store, sqlite_url};

use crate::change::account;
use crate::disk::Disk;

/// Set in the child that writes until it is killed.
const WRITER: &str = "REMPART_TEST_WRITER";

#[test]
fn what_was_acknowledged_survives_kill_9() {
    if let Some(data) = std::env::var_os(WRITER) {
        return write_for_ever(Path::new(&data));
    }
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = 0;
    for round in 0..10 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "faults::what_was_acknowledged_survives_kill_9", "--nocapture"])
            .env(WRITER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // Killed in the midst of writing, at another moment each time; what it said until then counts.
        let out = BufReader::new(child.stdout.take().unwrap());
        let lines: Vec<String> = std::thread::scope(|scope| {
            let reader = scope.spawn(|| out.lines().map_while(Result::ok).collect());
            std::thread::sleep(Duration::from_millis(250 + 37 * round));
            child.kill().unwrap();
            reader.join().unwrap()
        });
        child.wait().unwrap();
        let said = lines.iter().filter_map(|line| line.strip_prefix("acknowledged ")?.parse::<i64>().ok());
        acknowledged = said.max().unwrap_or(acknowledged).max(acknowledged);
        check(folder.path(), acknowledged);
    }
    assert!(acknowledged > 10, "hardly anything was written: {acknowledged}");
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn write_for_ever(data: &Path) {
    runtime().block_on(async {
        let store = Store::open(&sqlite_url(data)).await.unwrap();
        loop {
            let mut change = store.begin(&Actor::command()).await.unwrap();
            change.add(account(&store::new_id())).await.unwrap();
            change.add(account(&store::new_id())).await.unwrap();
            let seq = change.commit().await.unwrap();
            println!("acknowledged {seq}");
            std::io::stdout().flush().unwrap();
        }
    });
}

/// Every change has two lines and two accounts; none stands in part.
fn check(data: &Path, acknowledged: i64) {
    runtime().block_on(async {
        let store = Store::open(&sqlite_url(data)).await.unwrap();
        let head = store.audit_head().await.unwrap();
        assert!(head >= acknowledged, "{acknowledged} was acknowledged, {head} is there");
        assert_eq!(head % 2, 0, "a change stands in part");
        assert_eq!(store.all::<Account>().await.unwrap().len() as i64, head);
        assert_eq!(store.audit_check().await.unwrap(), None);
    });
}

async fn count(store: Store) -> usize {
    store.all::<Setting>().await.unwrap().len()
}

async fn add(store: &Store, setting: Setting) -> Result<(), Error> {
    let mut change = store.begin(&Actor::command()).await?;
    change.add(setting).await?;
    change.commit().await?;
    Ok(())
}

#[test]
fn a_full_disk_refuses_writing_and_goes_on_reading() {
    let Some(disk) = Disk::mount("16m") else {
        println!("a full disk was not tried: this system lets us mount no small disk");
        return;
    };
    let data = disk.path();
    runtime().block_on(async {
        let store = Store::open(&sqlite_url(data)).await.unwrap();
        let large = |number: usize| Setting {
            id: format!("large-{number}"),
            version: 0,
            value: Json("x".repeat(100_000).into()),
        };
        let filler = data.join("filler");
        fs::write(&filler, vec![0; 4 << 20]).unwrap();
        // Room that SQLite finds by tidying its log lets a write through now and then, before none does.
        let (mut kept, mut refused) = (0, 0);
        while refused < 5 {
            match add(&store, large(kept)).await {
                Ok(()) => (kept, refused) = (kept + 1, 0),
                Err(Error::Full) => refused += 1,
                Err(error) => panic!("a full disk is said so: {error:?}"),
            }
            // All readers, so that every connection is asked.
            let reads: Vec<_> = (0..8).map(|_| tokio::spawn(count(store.clone()))).collect();
            for read in reads {
                assert_eq!(read.await.unwrap(), kept, "reading goes on, and sees what was acknowledged");
            }
            assert!(kept < 200, "the disk does not fill");
        }
        assert!(kept > 0);
        fs::remove_file(&filler).unwrap();
        add(&store, large(kept)).await.unwrap();
        assert_eq!(count(store.clone()).await, kept + 1);
        assert_eq!(store.audit_check().await.unwrap(), None);
        store.close().await.unwrap();
    });
    // Opened on a full disk, what is there can be read.
    runtime().block_on(async {
        let full = fs::write(data.join("filler"), vec![0; 16 << 20]);
        assert!(full.is_err());
        let store = Store::open(&sqlite_url(data)).await.unwrap();
        assert!(!store.all::<Setting>().await.unwrap().is_empty());
    });
}
