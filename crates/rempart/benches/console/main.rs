//! What the console costs: fifty people on the demonstration night beside an incident of a million signals, then a
//! thousand browsers that listen.
//!
//! Prints the tables of `docs/performance.md`. Invariant: the server is the shipped binary in a process of its own;
//! a time is what a client on the same machine waited, so that it holds the client's own work too.

mod house;
mod listen;
mod people;

use std::error::Error;

/// Signals of the large incident.
const SIGNALS: usize = 1_000_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Fails only where one is installed, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let house = house::House::start().await?;
    println!("load average at the start: {}", house::load_average());
    println!("start to first page, empty folder: {:.2} s (best of 3)", house::first_page().await?);
    println!("memory with the night alone: {} MiB", house.memory_mib());
    let (large, seconds) = house.fill(SIGNALS).await?;
    println!("{SIGNALS} signals kept in {seconds:.0} s");
    people::measure(&house, &large).await?;
    println!("\npeak memory: {} MiB", house.peak_mib());
    listen::measure(&house).await?;
    println!("peak memory: {} MiB", house.peak_mib());
    println!("load average at the end: {}", house::load_average());
    Ok(())
}
