//! The whole night by clicks: from the link that signs in to the relief, as one who has never seen it would go.

use crate::house::House;
use crate::person::{Manner, Person};

#[tokio::test]
async fn a_night_is_lived_by_clicks() {
    let house = House::demonstration().await;
    let person = Person::at_night(&house, Manner::default()).await;
    let incident = person.incident().await;

    // What happens, in the first line; what waits for a decision, beside its price.
    assert!(person.text("#headline").await.ends_with('.'));
    assert!(!person.all("#care li").await.is_empty());
    let price = person.text("#decide .choice .price").await;
    assert!(price.contains("costs"), "{price}");

    // Roles with one click.
    room(&person, "duty").await;
    person.click("#role-director form button").await;
    person.sees("#role-director", "demonstration").await;
    person.click("#calls li form button[value=awake]").await;
    person.sees("#calls header", "1 of").await;

    // A choice becomes a decision and tasks; the card is ticked with name and time.
    room(&person, "cut").await;
    person.click("#options .choice button.first").await;
    person.find("article.card .tag").await;
    let card = person.find("article.card").await.attr("id").await.unwrap().unwrap();
    person.click(&format!("#{card} .tick button.first")).await;
    person.sees(&format!("#{card} .tick"), "demonstration").await;
    room(&person, "log").await;
    person.sees("#main", "demonstration").await;

    // A ward says what it lives.
    room(&person, "wards").await;
    person.click("#care li a").await;
    person.click(".ward form button").await;
    person.sees("#own-said", "demonstration").await;

    // From a signal to its record, and back; a false one is marked with a reason.
    room(&person, "timeline").await;
    person.click("#main a[href*='/signals/']").await;
    person.find("#record td, #record pre").await;
    person.write("#reason", "our own scan").await;
    person.click("form[action$='/marks'] button.first").await;
    person.sees("#mark", "our own scan").await;

    // A notice is completed and marked as sent.
    room(&person, "clocks").await;
    let waiting = person.all("#due li").await.len();
    person.click("#due li a").await;
    person.write("#reference", "ref-17").await;
    person.click("button[name=sent]").await;
    person.sees("#sent", "ref-17").await;
    room(&person, "clocks").await;
    assert_eq!(person.all("#due li").await.len(), waiting - 1);

    // A task, given and done.
    room(&person, "tasks").await;
    person.write("#add input[name=title]", "carry the paper forms to the wards").await;
    person.write("#add input[name=person]", "porter-3").await;
    person.click("#add button.first").await;
    person.sees("#of-porter-3", "carry the paper forms").await;
    person.click("#of-porter-3 button[value=done]").await;
    person.sees_no("#of-porter-3").await;
    person.choose("#show", "done").await;
    person.sees("#of-porter-3", "carry the paper forms").await;

    // A step of the plan is late: the plan moves, and says what moved.
    room(&person, "restoration").await;
    person.click("#steps tbody tr a[href*='step=']").await;
    person.click("#say button[value=begun]").await;
    person.sees("#steps", "begun").await;

    // What my relief must know.
    room(&person, "handover").await;
    person.sees("#decisions", "demonstration").await;
    person.sees("#cuts", "demonstration").await;
    person.no_faults().await;
    assert!(person.path().await.starts_with(&incident));
    person.picture("handover-after-the-night").await;
    person.leave().await;
}

/// Goes to a room by its link.
async fn room(person: &Person, name: &str) {
    person.click(&format!("#rooms a[href$='/{name}']")).await;
    person.find(&format!("#rooms a[href$='/{name}'][aria-current=page]")).await;
    person.no_faults().await;
}
