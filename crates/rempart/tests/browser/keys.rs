//! The keyboard alone: every room, the first hour's acts, the palette; what has the focus is always seen.

use serde_json::Value;
use thirtyfour::Key;

use crate::house::House;
use crate::person::{Manner, Person};

/// Presses of the tab key after which a page is walked through.
const FAR: usize = 400;

#[tokio::test]
async fn the_first_hour_by_keyboard_alone() {
    let house = House::demonstration().await;
    let person = Person::at_night(&house, Manner::default()).await;

    // `g` and a letter goes to each room.
    for (letter, room) in [
        ("c", "cut"),
        ("w", "wards"),
        ("m", "map"),
        ("t", "timeline"),
        ("k", "clocks"),
        ("a", "tasks"),
        ("r", "restoration"),
        ("e", "evidence"),
        ("l", "log"),
        ("h", "handover"),
    ] {
        go(&person, letter, room).await;
    }

    // The palette finds a ward by letters without accents, with the arrows and enter.
    person.press("?").await;
    person.find("#palette[open]").await;
    person.press("ward").await;
    person.press(Key::Escape).await;
    person.press("?").await;
    person.press("call").await;
    person.press(Key::Enter).await;
    person.find("#role-director").await;

    // The first thing that tab reaches leads past the rooms.
    person.press(Key::Tab).await;
    assert_eq!(person.value("document.activeElement.className").await, "skip");

    tab_to(&person, "#role-director form button").await;
    person.press(Key::Enter).await;
    person.sees("#role-director", "demonstration").await;

    go(&person, "c", "cut").await;
    tab_to(&person, "article.card .tick button.first").await;
    person.press(Key::Enter).await;
    person.sees("article.card.cut .tick", "demonstration").await;

    go(&person, "a", "tasks").await;
    tab_to(&person, "#add input[name=title]").await;
    person.press("count the insulin pumps").await;
    person.press(Key::Enter).await;
    person.sees("#main", "count the insulin pumps").await;

    go(&person, "t", "timeline").await;
    tab_to(&person, "#main a[href*='/signals/']").await;
    person.press(Key::Enter).await;
    person.find("#record td, #record pre").await;
    person.no_faults().await;
    person.leave().await;
}

async fn go(person: &Person, letter: &str, room: &str) {
    person.press("g").await;
    person.press(letter).await;
    person.find(&format!("#rooms a[href$='/{room}'][aria-current=page]")).await;
}

/// Tabs until something has the focus; each thing on the way shows that it has it.
pub(crate) async fn tab_to(person: &Person, css: &str) {
    let seen = format!(
        "(() => {{ const it = document.activeElement, box = it.getBoundingClientRect(), style = getComputedStyle(it);
        const seen = it === document.body || box.width * box.height > 0 && style.outlineStyle !== 'none';
        return [seen ? '' : it.outerHTML.slice(0, 160), it.matches({})]; }})()",
        Value::from(css)
    );
    for _ in 0..FAR {
        person.press(Key::Tab).await;
        let now = person.value(&seen).await;
        assert_eq!(now[0], "", "has the focus and does not show it, on {}", person.path().await);
        if now[1] == true {
            return;
        }
    }
    panic!("{css} is not reached by tab on {}", person.path().await);
}
