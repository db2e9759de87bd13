//! A thousand browsers that listen: how long until each hears of a line that somebody wrote.

use std::error::Error;
use std::time::{Duration, Instant};

use reqwest::Client;
use tokio::sync::mpsc;

use crate::house::House;

const LISTENERS: usize = 1_000;
const LINES: usize = 10;
/// Longest wait for all to hear.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn measure(house: &House) -> Result<(), Box<dyn Error>> {
    let (heard, mut hearing) = mpsc::unbounded_channel::<String>();
    let door = house.shared();
    for number in 0..LISTENERS {
        let (client, heard) = (Client::new(), heard.clone());
        let token = &door.listeners[number % door.listeners.len()];
        let request = client.get(format!("{}/api/v1/events", door.url)).bearer_auth(token);
        let mut stream = request.send().await?.error_for_status()?;
        tokio::spawn(async move {
            let mut text = String::new();
            while let Ok(Some(piece)) = stream.chunk().await {
                text.push_str(&String::from_utf8_lossy(&piece));
                while let Some((event, rest)) = text.split_once("\n\n") {
                    let event = event.to_owned();
                    text = rest.to_owned();
                    let _ = heard.send(event);
                }
            }
        });
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    while hearing.try_recv().is_ok() {}
    println!("\n{LISTENERS} listeners, {LINES} lines one after the other:\n");
    println!("| Half heard after, ms | All heard after, ms |\n|---:|---:|");
    let client = Client::new();
    for _ in 0..LINES {
        let began = Instant::now();
        let id = door.note(&client, "a line that all hear").await.map_err(|error| error.to_string())?;
        let (mut count, mut half) = (0, Duration::ZERO);
        while count < LISTENERS {
            let left = PATIENCE.saturating_sub(began.elapsed());
            let event = tokio::time::timeout(left, hearing.recv()).await?.ok_or("all went away")?;
            count += usize::from(event.contains(&id));
            if count == LISTENERS / 2 && half.is_zero() {
                half = began.elapsed();
            }
        }
        println!("| {:.0} | {:.0} |", half.as_secs_f64() * 1e3, began.elapsed().as_secs_f64() * 1e3);
    }
    Ok(())
}
