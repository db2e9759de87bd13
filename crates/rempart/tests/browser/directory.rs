//! Coming in by the hospital's identity provider, and the switch that shuts that way while the page is open.

#[path = "../../../access/tests/it/provider.rs"]
#[allow(dead_code, reason = "its flaws are of the tests of access")]
mod provider;

use jiff::Timestamp;
use serde_json::json;

use self::provider::{CLIENT, Flaw, Provider, SECRET};
use crate::house::{House, PASSWORD};
use crate::person::Person;

#[tokio::test]
async fn a_directory_no_longer_trusted_ends_its_session_in_the_browser_and_leaves_the_local_one() {
    let mut house = House::new().await;
    // The provider sends browsers back to the address that the console prints.
    house.url = house.url.replace("localhost", "127.0.0.1");
    house.link = house.link.replace("localhost", "127.0.0.1");
    let back = format!("{}/login/oidc/back", house.url);
    let provider = Provider::start(Flaw::None, json!({}), Timestamp::now().as_second(), &back).await;

    let admin = Person::new(&house).await;
    admin.driver.goto(&house.link).await.unwrap();
    admin.write("input[name=name]", "admin-1").await;
    admin.write("#password", PASSWORD).await;
    admin.write("#again", PASSWORD).await;
    admin.click("main button.first").await;
    admin.click("#rooms a[href='/settings']").await;
    admin.sees("#directory", &back).await;
    admin.write("#issuer", &provider.issuer).await;
    admin.write("#client", CLIENT).await;
    admin.write("#client-secret", SECRET).await;
    admin.write("#label", "the directory").await;
    admin.choose("#newcomers", "contributor").await;
    admin.click("form[action='/api/v1/settings/directory'] button").await;

    let nurse = Person::new(&house).await;
    nurse.go("/login?next=%2Fdeclare").await;
    nurse.click("a[href^='/login/oidc']").await;
    nurse.click("#me").await;
    nurse.sees("#bar", "Nurse 17").await;
    assert_eq!(nurse.path().await, "/declare");
    nurse.click("#bar a[href='/me']").await;
    nurse.sees("tr[id^=session-]", "this one").await;
    nurse.no_faults().await;

    admin.click("#bar a.brand").await;
    admin.click("form[action='/api/v1/directory/distrust'] button").await;
    admin.find("form[action='/api/v1/directory/trust'] button").await;

    // The nurse touches nothing: the page itself goes to the door, which says why and offers what is left.
    nurse.sees("main", "only local and sealed accounts").await;
    assert!(nurse.path().await.starts_with("/login"));
    assert!(nurse.all("a[href^='/login/oidc']").await.is_empty(), "the way through the directory is shut");
    nurse.go("/declare").await;
    nurse.find("#password").await;

    admin.click("#bar a[href='/me']").await;
    admin.sees("tr[id^=session-]", "this one").await;
    admin.leave().await;
    nurse.leave().await;
}
