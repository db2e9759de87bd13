//! Who comes in: the first start, a password with a code, a passkey, a ward's own door from a phone.

use serde_json::json;

use crate::house::{House, PASSWORD};
use crate::person::{Manner, Person};

#[tokio::test]
async fn the_first_start_leads_to_an_administrator_who_adds_a_passkey_and_comes_back_with_it() {
    let house = House::new().await;
    let person = Person::new(&house).await;
    person.driver.goto(&house.link).await.unwrap();
    person.write("input[name=name]", "admin-1").await;
    person.write("#password", PASSWORD).await;
    person.write("#again", PASSWORD).await;
    person.click("main button.first").await;
    person.sees("#bar", "admin-1").await;

    // An authenticator of Chromium's own, as a key on a ring would be.
    person.tell("WebAuthn.enable", json!({})).await;
    let key = json!({ "options": { "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true, "isUserVerified": true } });
    person.tell("WebAuthn.addVirtualAuthenticator", key).await;
    person.go("/me").await;
    person.write("form[data-passkey=create] input[name=label]", "key on a ring").await;
    person.click("form[data-passkey=create] button").await;
    person.sees("#main", "Ten printed codes").await;
    person.picture("printed-codes-en").await;
    person.click("main a.do, main button.do.first").await;
    person.sees("#main", "key on a ring").await;
    person.picture("passkey-en").await;

    person.go("/me").await;
    person.click("form[action='/logout'] button").await;
    person.sign_in("admin-1").await;
    person.click("form[data-passkey=get] button").await;
    person.sees("#bar", "admin-1").await;
    person.no_faults().await;
    person.leave().await;
}

#[tokio::test]
async fn a_ward_answers_from_a_phone_with_its_printed_code() {
    let house = House::demonstration().await;
    let chief = Person::at_night(&house, Manner::default()).await;
    let incident = chief.incident().await;
    chief.choose("#seen-as", "site-administrator").await;
    chief.find("#rooms a[href='/audit']").await;
    chief.go("/hospital/ward-codes").await;
    chief.click("#main form button.first").await;
    chief.find("form[action$='/revoke']").await;
    chief.go("/hospital/ward-codes/posters").await;
    let printed = chief.text("body").await;
    let code =
        printed.split("/w?code=").nth(1).and_then(|rest| rest.lines().next()).expect("a poster has a code");

    let nurse = Person::with(&house, Manner { french: true, ..Manner::default() }).await;
    let phone = json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true });
    nurse.tell("Emulation.setDeviceMetricsOverride", phone).await;
    nurse.go("/w").await;
    nurse.write("#code", &code.to_lowercase()).await;
    nurse.write("#name", "nurse-17").await;
    nurse.click("main button.first").await;
    nurse.find(".ward h1").await;
    nurse.picture("ward-phone-fr").await;
    let board = nurse.path().await;
    nurse.click(".ward form button").await;
    nurse.sees("#own-said", "nurse-17").await;

    chief.go(&format!("{incident}/wards")).await;
    chief.sees("#said", "nurse-17").await;

    // Nothing else opens.
    nurse.go(&incident).await;
    assert!(nurse.all("#care").await.is_empty());
    nurse.go(&board).await;
    nurse.find(".ward h1").await;
    nurse.leave().await;
    chief.leave().await;
}
