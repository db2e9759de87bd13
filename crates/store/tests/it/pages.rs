//! Lists by pages: put together they are the whole list, whatever is added between two of them.

use store::Actor;
use store::entity::{Account, Attachment, Incident, Note};

use crate::change::account;
use crate::common::{Place, on_both};
use crate::signals::incident;

on_both!(pages_are_the_whole_list, a_listener_hears_every_line_in_order);

async fn pages_are_the_whole_list(place: &Place) {
    let store = place.open().await;
    let mut added = Vec::new();
    for number in 0..23 {
        let mut change = store.begin(&Actor::command()).await.unwrap();
        added.push(change.add(account(&format!("nurse-{number}"))).await.unwrap().id);
        change.commit().await.unwrap();
    }
    for limit in [1, 2, 5, 23, 24, u64::MAX] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = store.page::<Account>(None, after.as_deref(), limit).await.unwrap();
            assert!(page.rows.len() as u64 <= limit);
            seen.extend(page.rows.into_iter().map(|it| it.id));
            let Some(next) = page.next else { break };
            assert_eq!(Some(&next), seen.last());
            after = Some(next);
        }
        assert_eq!(seen, added, "{limit}");
    }
    let mut change = store.begin(&Actor::command()).await.unwrap();
    let night = change.add::<Incident>(incident("night")).await.unwrap();
    change.commit().await.unwrap();
    assert!(store.page::<Note>(Some(&night.id), None, 10).await.unwrap().rows.is_empty());
    // A kind that no column binds to an incident is never given whole in its place.
    assert!(store.page::<Attachment>(Some(&night.id), None, 10).await.unwrap().rows.is_empty());
    assert!(store.page::<Account>(Some("none"), None, 10).await.unwrap().rows.is_empty());
}

async fn a_listener_hears_every_line_in_order(place: &Place) {
    let store = place.open().await;
    for number in 0..7 {
        let mut change = store.begin(&Actor::command()).await.unwrap();
        change.add(account(&format!("nurse-{number}"))).await.unwrap();
        change.commit().await.unwrap();
    }
    let whole = store.audit_after(0, 100).await.unwrap();
    let (mut heard, mut seq) = (Vec::new(), 0);
    loop {
        let lines = store.heard_after(seq, 3).await.unwrap();
        let Some(last) = lines.last() else { break };
        seq = last.seq;
        heard.extend(lines);
    }
    assert_eq!(heard.len(), 7);
    for (heard, line) in heard.iter().zip(&whole) {
        assert_eq!(
            (heard.seq, heard.at, &heard.actor, &heard.verb, &heard.kind, &heard.record, &heard.incident),
            (line.seq, line.at, &line.actor, &line.verb, &line.kind, &line.record, &line.incident)
        );
    }
}
