//! Answers given again, and how far people have looked.

use store::{Actor, Answer, Error, Instant};

use crate::common::{Place, on_both};

on_both!(an_answer_is_remembered_with_its_change, answers_are_forgotten_by_age, a_visit_is_the_latest_one);

fn answer(status: u16) -> Answer {
    Answer { request: "POST /api/v1/tasks 9f".to_owned(), status, body: "{\"id\":\"é\"}".to_owned() }
}

fn at(second: i64) -> Instant {
    Instant(jiff::Timestamp::from_second(second).unwrap())
}

async fn an_answer_is_remembered_with_its_change(place: &Place) {
    let store = place.open().await;
    let mut change = store.begin(&Actor::command()).await.unwrap();
    change.remember("key", &answer(201), at(5)).await.unwrap();
    change.abandon().await.unwrap();
    assert_eq!(store.remembered("key").await.unwrap(), None);
    let mut change = store.begin(&Actor::command()).await.unwrap();
    change.remember("key", &answer(201), at(5)).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(store.remembered("key").await.unwrap(), Some(answer(201)));
    let mut change = store.begin(&Actor::command()).await.unwrap();
    let again = change.remember("key", &answer(409), at(6)).await;
    assert!(matches!(again, Err(Error::Exists(_))), "{again:?}");
    drop(change);
    assert_eq!(store.remembered("key").await.unwrap(), Some(answer(201)));
    assert_eq!(store.audit_head().await.unwrap(), 0);
}

async fn answers_are_forgotten_by_age(place: &Place) {
    let store = place.open().await;
    let mut change = store.begin(&Actor::command()).await.unwrap();
    for second in 0..10 {
        change.remember(&format!("key-{second}"), &answer(200), at(second)).await.unwrap();
    }
    change.commit().await.unwrap();
    assert_eq!(store.forget_answers(at(4)).await.unwrap(), 4);
    assert_eq!(store.remembered("key-3").await.unwrap(), None);
    assert_eq!(store.remembered("key-4").await.unwrap(), Some(answer(200)));
}

async fn a_visit_is_the_latest_one(place: &Place) {
    let store = place.open().await;
    assert_eq!(store.last_visit("nurse-17", "night").await.unwrap(), None);
    store.visited("nurse-17", "night", 4, at(1)).await.unwrap();
    store.visited("nurse-17", "night", 9, at(2)).await.unwrap();
    store.visited("nurse-17", "timeline", 1, at(3)).await.unwrap();
    assert_eq!(store.last_visit("nurse-17", "night").await.unwrap(), Some((9, at(2))));
    assert_eq!(store.last_visit("nurse-18", "night").await.unwrap(), None);
}
