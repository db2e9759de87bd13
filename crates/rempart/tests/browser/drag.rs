//! What-if on the care map: a machine and a lever dragged to what is lost or cut, the same by keys, and how long the
//! console takes to answer.

use serde_json::Value;
use thirtyfour::Key;

use crate::house::House;
use crate::keys::tab_to;
use crate::person::{Manner, Person};

#[tokio::test]
async fn what_is_dragged_to_lost_or_cut_changes_wards_and_clocks() {
    let house = House::to_look_at().await;
    let person = Person::at_night(&house, Manner::default()).await;
    let map = format!("{}/map", person.incident().await);
    let laboratory = format!("{map}?node=laboratory");
    person.go(&laboratory).await;
    let before = person.text("#map-says").await;

    // A machine that still works, dragged to what is lost.
    let id = "srv-lis-01";
    person.drag(&format!("#picture a[data-lose='{id}'] rect"), "#drops [data-drop=lost]").await;
    person.find("#foreseen").await;
    assert!(person.path().await.contains(&format!("lost={id}")), "the address says what was asked");
    let lost = person.text("#map-says").await;
    assert_ne!(lost, before, "the first line counts it");
    let clocks = person.all("#foreseen tbody tr").await.len();
    assert!(clocks > 0, "wards' clocks change: {}", person.text("#foreseen").await);

    // A lever besides, dragged to what is cut.
    person.click("#levers summary").await;
    let lever = person.find("label[data-lever]").await.attr("data-lever").await.unwrap().unwrap();
    person.drag(&format!("label[data-lever='{lever}']"), "#drops [data-drop=isolate]").await;
    person.sees("#foreseen", "Pulled:").await;
    let path = person.path().await;
    assert!(path.contains(id) && path.contains(&format!("pull={lever}")), "{path}");
    person.picture("map-dragged-en").await;

    // What was dragged beside every place asks nothing; the way back is the browser's own.
    person.drag(&format!("#picture a[data-lose='{id}'] rect"), "#map-says").await;
    assert_eq!(person.path().await, path);
    person.driver.back().await.unwrap();
    person.driver.back().await.unwrap();
    person.sees_no("#foreseen").await;
    assert_eq!(person.text("#map-says").await, before);

    // By keys alone: the box, its panel, the question.
    tab_to(&person, &format!("#node-{id}")).await;
    person.press(Key::Enter).await;
    person.find("#panel").await;
    tab_to(&person, &format!("#panel a[href*='lost={id}']")).await;
    person.press(Key::Enter).await;
    person.find("#foreseen").await;
    assert_eq!(person.text("#map-says").await, lost);
    assert_eq!(person.all("#foreseen tbody tr").await.len(), clocks);
    person.no_faults().await;
    person.go(&map).await;
    eprintln!("{}", answers(&person, &map).await);
    person.leave().await;
}

/// How long the console takes for each machine of the picture, as page and as data, in milliseconds: a figure for who
/// reads the test's output, since a busy machine is no fault of the product.
async fn answers(person: &Person, map: &str) -> String {
    let script = "
        const [done, map] = [arguments[1], arguments[0]], took = { page: [], data: [] };
        const ids = [...document.querySelectorAll('#picture [data-lose]')].map((it) => it.dataset.lose);
        const of = async (kind, url) => {
            await (await fetch(url, { headers: { 'x-live': '1' } })).text();
            const it = performance.getEntriesByName(new URL(url, location).href).at(-1);
            took[kind].push(it.responseStart - it.requestStart);
        };
        (async () => {
            performance.setResourceTimingBufferSize(2000);
            for (const id of ids) { await of('page', `${map}?lost=${id}`); await of('data', `/api/v1${map.replace(/map$/, 'whatif')}?lost=${id}`); }
            const line = (list) => { const sorted = list.sort((a, b) => a - b); return `median ${sorted[sorted.length >> 1].toFixed(1)} ms, worst ${sorted.at(-1).toFixed(1)} ms`; };
            done(`what-if over ${ids.length} machines: page ${line(took.page)}; data ${line(took.data)}`);
        })().catch((error) => done(String(error)));
    ";
    let said = person.driver.execute_async(script, vec![Value::from(map)]).await.unwrap();
    said.json().as_str().unwrap_or_default().to_owned()
}
