//! What is printed: the situation on one sheet, light though the screen is dark; the red folder and its parts.

use serde_json::json;

use crate::house::House;
use crate::person::{Manner, Person, screens};

/// A4, in inches, with the margins of the style sheet.
const A4: (f64, f64) = (8.27, 11.69);

#[tokio::test]
async fn paper_is_light_and_the_situation_is_one_sheet() {
    let house = House::to_look_at().await;
    for french in [false, true] {
        let person = Person::at_night(&house, Manner { french, ..Manner::default() }).await;
        let incident = person.incident().await;
        let features = json!([{ "name": "prefers-color-scheme", "value": "dark" }]);
        person.tell("Emulation.setEmulatedMedia", json!({ "features": features })).await;
        let language = if french { "fr" } else { "en" };
        for (name, path, most) in [
            ("situation", format!("{incident}/situation"), Some(1)),
            ("night", incident.clone(), None),
            ("cut", format!("{incident}/cut"), None),
            ("clocks", format!("{incident}/clocks"), None),
            ("handover", format!("{incident}/handover"), None),
            ("tasks-paper", format!("{incident}/tasks/paper"), None),
            ("folder", "/folder/red".to_owned(), None),
            ("cards", "/folder/cards".to_owned(), None),
            ("labels", "/folder/labels".to_owned(), None),
            ("wards-paper", "/folder/wards".to_owned(), None),
        ] {
            person.go(&path).await;
            let pages = print(&person, &format!("{name}-{language}")).await;
            assert!(pages >= 1, "{path} prints nothing");
            if let Some(most) = most {
                assert_eq!(pages, most, "{path} takes {pages} sheets");
            }
            person
                .tell("Emulation.setEmulatedMedia", json!({ "media": "print", "features": features }))
                .await;
            let paper = person.value("getComputedStyle(document.body).backgroundColor").await;
            assert!(paper == "rgb(255, 255, 255)" || paper == "rgba(0, 0, 0, 0)", "{path} prints on {paper}");
            let links = "[...document.querySelectorAll('nav, dialog, #demonstration')].filter((it) => it.checkVisibility()).length";
            assert_eq!(person.value(links).await, 0, "{path} prints what only a screen can use");
            person.tell("Emulation.setEmulatedMedia", json!({ "media": "", "features": features })).await;
        }
        person.leave().await;
    }
}

/// Prints to a file beside the pictures; gives the number of sheets.
async fn print(person: &Person, name: &str) -> usize {
    use base64::Engine;
    let how = json!({ "paperWidth": A4.0, "paperHeight": A4.1, "printBackground": true, "preferCSSPageSize": true });
    let mut printed = person.driver.cdp().send_raw("Page.printToPDF", how.clone()).await;
    for _ in 0..3 {
        if printed.is_ok() {
            break;
        }
        // On a busy machine Chromium may say "Printing failed" of a page that it prints a moment later.
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        printed = person.driver.cdp().send_raw("Page.printToPDF", how.clone()).await;
    }
    let printed = printed.unwrap();
    let bytes = base64::engine::general_purpose::STANDARD.decode(printed["data"].as_str().unwrap()).unwrap();
    std::fs::create_dir_all(screens()).unwrap();
    std::fs::write(screens().join(format!("{name}.pdf")), &bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    // "/Type /Pages" is the tree of them.
    text.matches("/Type /Page").count() - text.matches("/Type /Pages").count()
}
