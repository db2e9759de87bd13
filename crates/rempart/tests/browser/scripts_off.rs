//! Without script: Declare, cut cards, the ward board, clocks and what-if do all that they do.

use crate::house::House;
use crate::person::{Manner, Person};

#[tokio::test]
async fn the_first_hour_works_without_script() {
    let house = House::demonstration().await;
    let person = Person::at_night(&house, Manner { no_script: true, ..Manner::default() }).await;
    let incident = person.incident().await;

    person.go(&format!("{incident}/cut")).await;
    let card = person.find("article.card").await.attr("id").await.unwrap().unwrap();
    person.click(&format!("#{card} .tick button.first")).await;
    person.sees(&format!("#{card} .tick"), "demonstration").await;

    person.go(&format!("{incident}/wards/north-icu")).await;
    person.click("#more summary").await;
    person.write("#text", "two ventilators on battery").await;
    person.write("#patients", "14").await;
    person.click("#more button[value=needs]").await;
    person.sees("#own-said", "two ventilators on battery").await;

    person.go(&format!("{incident}/clocks")).await;
    let facts = person.all("#answered li").await.len();
    person.click("form.inline button[value=yes]").await;
    person.find(&format!("#answered li:nth-child({})", facts + 1)).await;

    person.go(&format!("{incident}/map")).await;
    let before = person.text("#map-says").await;
    person.click("#whatif input[name=lost]").await;
    person.click("#whatif button.first").await;
    person.find("#foreseen").await;
    assert_ne!(person.text("#map-says").await, before, "what-if as a form changes the answer");

    person.go("/declare").await;
    person.write("#title", "a second night").await;
    person.click("form[action='/api/v1/incidents'] button.first").await;
    person.sees("#role-lead", "demonstration").await;
    assert!(person.path().await.ends_with("/duty"));
    person.leave().await;
}
