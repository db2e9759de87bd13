//! What a refusal says: a page in its reader's language, JSON in English with the reader's beside it.

use reqwest::StatusCode;
use serde_json::json;

use crate::common::night;
use crate::forms::between;

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_speaks_the_readers_language_and_english_to_programs() {
    let (house, lead, id) = night().await;
    let mut reader = house.person("lead-1").await;
    reader.cookies += "; lang=fr";
    let long = "a".repeat(401);
    let night = format!("/incidents/{id}");
    for (page, action, field, text, french, english) in [
        (
            "/declare".to_owned(),
            "/api/v1/incidents".to_owned(),
            "title",
            long.as_str(),
            "Que se passe-t-il : dites-le en 1 à 120 caractères.",
            "title: say in 1 to 120 letters what happens",
        ),
        (
            format!("{night}/tasks"),
            format!("/api/v1{night}/tasks"),
            "title",
            &long,
            "Quoi : dites en 1 à 400 caractères ce qu’il faut faire.",
            "title: say in 1 to 400 letters what is to be done",
        ),
        (
            format!("{night}/cut"),
            format!("/api/v1{night}/cuts"),
            "lever",
            "none",
            "Levier : la carte n’a pas de levier none.",
            "lever: the map has no lever none",
        ),
    ] {
        let refused = reader.submit(&page, &action, &[(field, text)]).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{action}");
        let lede = between(&refused.text().await.unwrap(), "<p class=\"lede\">", "</p>");
        assert_eq!(lede.replace('\u{a0}', " "), french);
        let (_, told) = reader.post(&action, json!({ field: text })).await;
        assert_eq!((&told["detail"], told["said"].as_str().unwrap()), (&json!(english), lede.as_str()));
        let (_, told) = lead.post(&action, json!({ field: text })).await;
        assert_eq!((&told["detail"], told.get("said")), (&json!(english), None), "a program's language");
    }
    let roles = reader.get("/settings").await;
    assert_eq!(roles.status(), StatusCode::FORBIDDEN);
    let lede = between(&roles.text().await.unwrap(), "<p class=\"lede\">", "</p>");
    assert!(lede.starts_with("Vos rôles"), "{lede}");
    // What a form lacks goes by its name on the page.
    let lacks = reader.submit("/rules", "/api/v1/suppressions", &[("reason", "")]).await;
    let lede = between(&lacks.text().await.unwrap(), "<p class=\"lede\">", "</p>");
    assert_eq!(lede.replace('\u{a0}', " "), "Motif : remplissez-le.");
    // An address where there is nothing is a page for people.
    let nowhere = reader.client.get(format!("{}/nowhere", reader.url)).header("accept", "text/html");
    let nowhere = nowhere.header("cookie", &reader.cookies).send().await.unwrap();
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
    let page = nowhere.text().await.unwrap();
    assert_eq!(page.matches("Il n’y a rien à cette adresse.").count(), 1, "said once: {page}");
}
