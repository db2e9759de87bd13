//! Copies of the store by the clock, as the page Settings and the server's configuration say.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use console::{Copies, Plan};
use jiff::SignedDuration;
use reqwest::StatusCode;
use serde_json::json;
use store::{Key, Lock};

use crate::common::{Guest, House, config, rooms};

const PHRASE: &str = "seven copies under the stairs";
const PATH: &str = "/api/v1/settings/copies";

async fn house(plan: Option<Plan>, lock: Option<Lock>) -> (House, Guest) {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut config = config(&folder);
    config.copies = Copies { plan, lock };
    let house = House::of(config, rooms(false), folder).await;
    house.account("admin-1", "site-administrator", None).await;
    let admin = house.person("admin-1").await;
    (house, admin)
}

fn phrase() -> Option<Lock> {
    Some(Lock::Passphrase(PHRASE.to_owned()))
}

fn bundles(folder: &Path) -> Vec<PathBuf> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    names.filter(|it| it.extension().is_some_and(|it| it == "bundle")).collect()
}

/// The page Settings, once it holds a text.
async fn says(admin: &Guest, text: &str) -> String {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let page = admin.page("/settings").await;
        if page.contains(text) {
            return page;
        }
        assert!(Instant::now() < end, "Settings never says {text}: {page}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_settings_say_is_done_at_once_and_shown() {
    let (house, admin) = house(None, phrase()).await;
    let page = admin.page("/settings").await;
    assert!(
        page.contains("No copy was made yet.") && page.contains("Whoever knows the passphrase"),
        "{page}"
    );
    let copies = house.folder.path().join("copies");
    std::fs::create_dir(&copies).unwrap();
    let path = copies.display().to_string();
    let fields = [("folder", path.as_str()), ("keep", "2"), ("hours", "12")];
    let kept = admin.submit("/settings", PATH, &fields).await;
    assert_eq!(kept.status(), StatusCode::SEE_OTHER);
    let page = says(&admin, "Last good copy:").await;
    let made = bundles(&copies);
    assert_eq!(made.len(), 1);
    assert!(page.contains(&made[0].display().to_string()) && page.contains("value=\"12\""), "{page}");
    let tried = store::try_bundle(&made[0], &Key::Passphrase(PHRASE.to_owned()), house.folder.path()).await;
    assert!(tried.unwrap().audit.is_none(), "the copy is sound");
    // It is not due again, whatever is set, until half a day has passed; in another folder it is.
    let other = house.folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    for folder in [&copies, &other] {
        let (status, told) = admin.post(PATH, json!({ "folder": folder, "keep": 3 })).await;
        assert_eq!((status, &told["value"]["hours"]), (StatusCode::OK, &json!(24)), "{told}");
    }
    says(&admin, &other.display().to_string()).await;
    says(&admin, "other/rempart-").await;
    assert_eq!((bundles(&copies).len(), bundles(&other).len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_written_is_refused_at_once() {
    let (house, admin) = house(None, phrase()).await;
    let file = house.folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let none = house.folder.path().join("none");
    for (folder, words) in [
        (none.as_path(), "no such folder"),
        (file.as_path(), "no such folder"),
        (Path::new("/proc"), "cannot write there"),
        (Path::new("copies"), "whole path"),
    ] {
        let (status, told) = admin.post(PATH, json!({ "folder": folder, "keep": 3 })).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{folder:?}: {told}");
        let detail = told["detail"].as_str().unwrap();
        assert!(detail.starts_with("folder: ") && detail.contains(words), "{folder:?}: {detail}");
    }
    for (keep, hours) in [(0, 24), (1_001, 24), (3, 0), (3, 721)] {
        let (status, told) =
            admin.post(PATH, json!({ "folder": house.folder.path(), "keep": keep, "hours": hours })).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
    }
    let left: Vec<_> =
        std::fs::read_dir(house.folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert!(
        !left.iter().any(|it| it.to_string_lossy().starts_with(".rempart")),
        "a trial leaves nothing: {left:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_lock_none_is_made_and_the_form_says_what_is_missing() {
    let (house, admin) = house(None, None).await;
    let copies = house.folder.path().join("copies");
    std::fs::create_dir(&copies).unwrap();
    assert_eq!(admin.post(PATH, json!({ "folder": copies, "keep": 3 })).await.0, StatusCode::CREATED);
    let page = says(&admin, "--copies-recipient").await;
    assert!(page.contains("No copy is made"), "{page}");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(bundles(&copies), Vec::<PathBuf>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_configuration_says_counts_and_a_failure_is_shown() {
    let gone = PathBuf::from("/no/such/disk");
    let every = SignedDuration::from_hours(6);
    let (house, admin) = house(Some(Plan { folder: gone, every, keep: 5 }), phrase()).await;
    let page = says(&admin, "Last failure:").await;
    for part in ["/no/such/disk", "started with --copies", "6 h"] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert!(!page.contains(&format!("action=\"{PATH}\"")), "there is nothing to fill in: {page}");
    let (status, told) = admin.post(PATH, json!({ "folder": house.folder.path(), "keep": 3 })).await;
    assert_eq!(
        (status, told["type"].as_str()),
        (StatusCode::CONFLICT, Some("urn:rempart:problem:configured"))
    );
}
