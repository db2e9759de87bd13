//! Log-in slows down, never locks out, forgets, and remembers only so much.

use std::net::IpAddr;
use std::time::Duration;

use access::throttle::{Throttle, Who};
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;

const NURSE: Who<'_> = Who::Account("nurse-17");

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

fn address(text: &str) -> Who<'static> {
    Who::Address(text.parse().unwrap())
}

#[test]
fn an_accounts_wait_doubles_up_to_half_a_minute() {
    let mut throttle = Throttle::default();
    let mut waits = Vec::new();
    for _ in 0..11 {
        waits.push(throttle.delay(NURSE, at(0)).as_secs());
        throttle.failed(NURSE, at(0));
    }
    assert_eq!(waits, [0, 0, 0, 1, 2, 4, 8, 16, 30, 30, 30]);
    assert_eq!(throttle.delay(Who::Account(" Nurse-17"), at(0)).as_secs(), 30);
    assert_eq!(throttle.delay(Who::Account("nurse-18"), at(0)), Duration::ZERO);
    assert_eq!(throttle.delay(NURSE, at(12)).as_secs(), 18, "what is left of the wait");
    assert_eq!(throttle.delay(NURSE, at(31)), Duration::ZERO);
    throttle.succeeded(NURSE);
    assert_eq!(throttle.delay(NURSE, at(12)), Duration::ZERO);
}

#[test]
fn failures_are_forgotten_a_quarter_of_an_hour_after_the_first() {
    let mut throttle = Throttle::default();
    for second in [0, 400, 880, 899] {
        throttle.failed(NURSE, at(second));
    }
    assert_eq!(throttle.delay(NURSE, at(899)).as_secs(), 2);
    assert_eq!(throttle.delay(NURSE, at(900)), Duration::ZERO);
    throttle.failed(NURSE, at(900));
    assert_eq!(throttle.delay(NURSE, at(900)), Duration::ZERO, "counted from one again");
}

#[test]
fn an_address_shared_by_a_site_has_more_free_failures() {
    let mut throttle = Throttle::default();
    let shared = address("192.0.2.7");
    for _ in 0..20 {
        throttle.failed(shared, at(0));
    }
    assert_eq!(throttle.delay(shared, at(0)), Duration::ZERO);
    throttle.failed(shared, at(0));
    throttle.failed(shared, at(0));
    assert_eq!(throttle.delay(shared, at(0)).as_secs(), 2);
    assert_eq!(throttle.delay(address("::ffff:192.0.2.7"), at(0)).as_secs(), 2);
    throttle.succeeded(shared);
    assert_eq!(throttle.delay(shared, at(0)).as_secs(), 1, "a success takes one failure away, not all");

    for _ in 0..21 {
        throttle.failed(address("2001:db8:1:2::1"), at(0));
    }
    assert_eq!(throttle.delay(address("2001:db8:1:2:ffff::9"), at(0)).as_secs(), 1, "the same /64");
    assert_eq!(throttle.delay(address("2001:db8:1:3::1"), at(0)), Duration::ZERO);
}

#[test]
fn the_oldest_are_shed_and_no_more() {
    let mut throttle = Throttle::new(3);
    for (second, name) in [(0, "a"), (1, "b"), (2, "c"), (3, "a"), (4, "a"), (5, "d")] {
        throttle.failed(Who::Account(name), at(second));
    }
    // "b" was the oldest; "a" still has its three failures.
    assert_eq!(throttle.delay(Who::Account("a"), at(4)).as_secs(), 1);
    for name in ["b", "c", "d"] {
        throttle.failed(Who::Account(name), at(6));
        throttle.failed(Who::Account(name), at(6));
    }
    assert_eq!(throttle.delay(Who::Account("d"), at(6)).as_secs(), 1);
    assert_eq!(throttle.delay(Who::Account("b"), at(6)), Duration::ZERO, "two since it was shed");
}

proptest! {
    /// Whatever happens, in whatever order of time: half a minute at most, and after half a minute without
    /// failures nobody waits.
    #[test]
    fn nobody_is_locked_out(
        events in prop::collection::vec((0..4u8, -2000..2000i64, any::<bool>()), 0..200),
    ) {
        let mut throttle = Throttle::new(2);
        let mut latest = at(0);
        for (who, second, right) in events {
            let name = who.to_string();
            let address = IpAddr::from([192, 0, 2, who]);
            let who = if who < 2 { Who::Account(&name) } else { Who::Address(address) };
            let now = at(second);
            latest = latest.max(now);
            prop_assert!(throttle.delay(who, now) <= Duration::from_secs(30));
            if right { throttle.succeeded(who) } else { throttle.failed(who, now) }
            prop_assert_eq!(throttle.delay(who, latest + 30.seconds()), Duration::ZERO);
        }
        prop_assert!(latest.duration_since(at(0)) < SignedDuration::from_secs(2000));
    }
}
