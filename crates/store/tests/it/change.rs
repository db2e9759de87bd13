//! What a change promises: all or nothing, an audit line with each record, the loser of a race told.

use store::entity::{Account, Origin};
use store::{Actor, Error, Instant, new_id};

use crate::common::{Place, on_both};

on_both!(a_change_stands_whole_with_its_audit_or_not_at_all, after_a_step_that_failed_nothing_stands);

pub fn account(name: &str) -> Account {
    Account {
        id: new_id(),
        version: 0,
        name: name.to_owned(),
        shown: name.to_owned(),
        origin: Origin::Local,
        subject: None,
        password: Some("$argon2id$secret".to_owned()),
        mail: None,
        lang: None,
        active: true,
        created_at: Instant::default(),
    }
}

async fn a_change_stands_whole_with_its_audit_or_not_at_all(place: &Place) {
    let store = place.open().await;
    let mut change = store.begin(&Actor::command()).await.unwrap();
    let kept = change.add(account("nurse-17")).await.unwrap();
    assert_eq!(change.commit().await.unwrap(), 1);
    let mut change = store.begin(&Actor::command()).await.unwrap();
    change.add(account("nurse-18")).await.unwrap();
    change.abandon().await.unwrap();
    assert_eq!(store.all::<Account>().await.unwrap(), vec![kept.clone()]);

    let mut change = store.begin(&Actor::machine()).await.unwrap();
    let edited = change.edit::<Account>(&kept.id, Some(1), |it| it.active = false).await.unwrap();
    assert_eq!(edited.version, 2);
    change.commit().await.unwrap();
    let mut change = store.begin(&Actor::machine()).await.unwrap();
    let late = change.edit::<Account>(&kept.id, Some(1), |it| it.active = true).await;
    assert!(matches!(late, Err(Error::Stale { now: 2, .. })));
    drop(change);
    let mut change = store.begin(&Actor::machine()).await.unwrap();
    let twice = change.add(account("nurse-17")).await;
    assert!(matches!(&twice, Err(Error::Exists(what)) if what == "this account"), "{twice:?}");
    drop(change);

    let lines = store.audit_after(0, 10).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.verb.as_str()).collect::<Vec<_>>(), ["add", "edit"]);
    let after = lines[1].after.clone().unwrap();
    assert_eq!(after.0["active"], false);
    assert!(!after.0.to_string().contains("argon2id"), "a secret entered the audit: {after:?}");
    assert_eq!(store.audit_check().await.unwrap(), None);
}

async fn after_a_step_that_failed_nothing_stands(place: &Place) {
    let store = place.open().await;
    let mut change = store.begin(&Actor::command()).await.unwrap();
    let first = change.add(account("nurse-17")).await.unwrap();
    change.commit().await.unwrap();
    let mut change = store.begin(&Actor::command()).await.unwrap();
    change.add(account("nurse-18")).await.unwrap();
    assert!(change.add(account("nurse-17")).await.is_err());
    assert!(change.add(account("nurse-19")).await.is_err());
    assert!(change.edit::<Account>(&first.id, None, |it| it.active = false).await.is_err());
    assert!(change.remove::<Account>(&first.id).await.is_err());
    assert!(change.tell("export", "list", "x", None, serde_json::Value::Null).await.is_err());
    assert!(change.commit().await.is_err());
    assert_eq!(store.all::<Account>().await.unwrap(), vec![first]);
    assert_eq!((store.audit_head().await.unwrap(), store.audit_check().await.unwrap()), (1, None));
    let mut change = store.begin(&Actor::command()).await.unwrap();
    change.add(account("nurse-19")).await.unwrap();
    assert_eq!(change.commit().await.unwrap(), 2);
}
