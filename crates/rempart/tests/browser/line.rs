//! Two browsers at once, and a line that is lost: each sees what the other did within a second, and nothing is
//! missed after the line came back.

use std::time::Duration;

use crate::house::House;
use crate::person::Person;

/// As long as somebody waits for another's change.
const SOON: Duration = Duration::from_secs(1);

#[tokio::test]
async fn two_people_see_each_other_and_a_lost_line_loses_nothing() {
    let mut house = House::alone().await;
    house.account("lead-1", "incident-commander");
    house.account("responder-2", "responder");
    let (one, two) = (Person::new(&house).await, Person::new(&house).await);
    one.sign_in("lead-1").await;
    two.sign_in("responder-2").await;
    one.go("/declare").await;
    one.write("#title", "the night of the test").await;
    one.click("form[action='/api/v1/incidents'] button.first").await;
    one.find("#role-lead").await;
    let tasks = format!("{}/tasks", one.incident().await);
    two.go(&tasks).await;
    one.go(&tasks).await;
    two.sees("#live", "live").await;

    // A first change warms both; the second is timed.
    for (task, limit) in [("call the laboratory", Duration::from_secs(10)), ("wake the switchboard", SOON)] {
        one.write("#add input[name=title]", task).await;
        one.click("#add button.first").await;
        one.sees("#main", task).await;
        let waited = two.sees("#main", task).await;
        assert!(waited < limit, "{task}: seen after {waited:?}");
    }

    // What somebody is typing stays while others write.
    two.write("#add input[name=title]", "half a sentence").await;
    one.write("#add input[name=title]", "ask for beds").await;
    one.click("#add button.first").await;
    two.sees("#main", "ask for beds").await;
    assert_eq!(two.value("document.querySelector('#add input[name=title]').value").await, "half a sentence");

    two.go(&tasks).await;
    two.sees("#live", "live").await;
    two.value("(window.loaded = 'once')").await;
    house.cut_power();
    two.sees("#says", "line").await;
    house.power_again();
    one.go(&tasks).await;
    one.sees("#main", "ask for beds").await;
    one.write("#add input[name=title]", "after the cut").await;
    one.click("#add button.first").await;
    two.sees("#main", "after the cut").await;
    assert_eq!(two.value("window.loaded").await, "once", "the page was never loaded again");
    one.leave().await;
    two.leave().await;
}
