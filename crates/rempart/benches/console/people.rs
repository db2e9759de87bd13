//! Fifty people who each open a screen about once a second, and write now and then.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Client;
use tokio::task::JoinSet;

use crate::house::{Door, Failed, House};

const PEOPLE: usize = 50;
/// Screens that each opens.
const SCREENS: usize = 60;
/// One of so many screens is followed by a line on the timeline.
const WRITES: usize = 10;
/// Screens of the night, by the end of their address; the night itself has none.
const NIGHT: [&str; 10] =
    ["", "/cut", "/wards", "/map", "/timeline", "/clocks", "/tasks", "/log", "/restoration", "/handover"];

pub(crate) async fn measure(house: &House, large: &str) -> Result<(), Box<dyn Error>> {
    let door = house.shared();
    let night = &door.incident;
    let named = |end: &str| end.strip_prefix('/').unwrap_or("night").to_owned();
    let mut screens: Vec<(String, String)> =
        NIGHT.iter().map(|end| (named(end), format!("/incidents/{night}{end}"))).collect();
    for (name, query) in [("", ""), (" of a host", "?host=host-7"), (" of a rule", "?rule=rule-3")] {
        screens.push((format!("timeline, 1 M{name}"), format!("/incidents/{large}/timeline{query}")));
    }
    screens.push(("signals (API), 1 M".to_owned(), format!("/api/v1/incidents/{large}/signals")));
    let (screens, mut people) = (Arc::new(screens), JoinSet::new());
    for person in 0..PEOPLE {
        people.spawn(one(person, door.clone(), screens.clone()));
    }
    let mut times: BTreeMap<String, Vec<Duration>> = BTreeMap::new();
    let mut failed = 0;
    for person in people.join_all().await {
        let person = person.map_err(|error| error.to_string())?;
        failed += person.failed;
        for (name, time) in person.times {
            times.entry(name).or_default().push(time);
        }
    }
    println!("\n| Screen | Opened | p50, ms | p99, ms | worst, ms |\n|---|---:|---:|---:|---:|");
    let mut all: Vec<Duration> = times.values().flatten().copied().collect();
    for (name, times) in &mut times {
        row(name, times);
    }
    row("**all**", &mut all);
    println!("\n{failed} requests failed");
    Ok(())
}

fn row(name: &str, times: &mut [Duration]) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize].as_secs_f64() * 1e3;
    println!("| {name} | {} | {:.1} | {:.1} | {:.1} |", times.len(), at(0.5), at(0.99), at(1.0));
}

#[derive(Default)]
struct Person {
    times: Vec<(String, Duration)>,
    failed: usize,
}

async fn one(person: usize, house: Arc<Door>, screens: Arc<Vec<(String, String)>>) -> Result<Person, Failed> {
    let client = Client::new();
    let mut done = Person::default();
    // People do not all begin at once, nor walk in step.
    tokio::time::sleep(Duration::from_millis(20 * person as u64)).await;
    for number in 0..SCREENS {
        let (name, path) = &screens[(person * 7 + number) % screens.len()];
        let began = Instant::now();
        let answer = house.signed_in(client.get(format!("{}{path}", house.url))).send().await?;
        let fine = answer.status().is_success();
        answer.bytes().await?;
        if fine {
            done.times.push((name.clone(), began.elapsed()));
        } else {
            done.failed += 1;
        }
        if (person + number).is_multiple_of(WRITES) {
            let began = Instant::now();
            house.note(&client, "a line while all work").await?;
            done.times.push(("writing a line".to_owned(), began.elapsed()));
        }
        tokio::time::sleep(Duration::from_millis(900 + (person as u64 * 37 + number as u64 * 91) % 200))
            .await;
    }
    Ok(done)
}
