//! The flood: hacktivists against the public sites, with what web servers write when they can no more.
//!
//! Invariant: only access logs and the edge firewall tell it; no machine is entered, so none is
//! compromised or lost.

use std::net::IpAddr;

use crate::background::{AGENTS, PAGES};
use crate::instant;
use crate::lines::Flow;
use crate::log::{HOUR, MINUTE, Micros, SECOND};
use crate::scene::Scene;
use crate::truth::{Touched, Truth};
use crate::world::outside;

const REQUESTS: usize = 42_000;
const ADDRESSES: usize = 1_400;

/// One way of flooding.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// The same page, again and again.
    Page,
    /// A page with a parameter never seen, so that no cache helps.
    Uncached,
    /// A form that makes the database work.
    Form,
    /// Requests that never end.
    Slow,
}

/// Tells the flood of the day that begins at `midnight`.
pub(crate) fn tell(scene: &mut Scene<'_>, midnight: Micros, truth: &mut Truth) {
    let world = scene.world;
    let start = midnight + 10 * HOUR + scene.dice.between(0, 9 * HOUR);
    let mut targets = world.sites.clone();
    scene.dice.shuffle(&mut targets);
    targets.truncate(1 + scene.dice.below(2) as usize);
    let army: Vec<IpAddr> = (0..ADDRESSES).map(|_| outside(&mut scene.dice, true)).collect();
    let scouts: Vec<IpAddr> = (0..3).map(|_| outside(&mut scene.dice, false)).collect();
    for scout in &scouts {
        let earlier = scene.dice.between(HOUR, 3 * HOUR);
        probe(scene, targets[0], *scout, start - earlier);
    }
    let mut ways = [Way::Page, Way::Uncached, Way::Form, Way::Slow];
    scene.dice.shuffle(&mut ways);
    let mut now = start;
    for (number, way) in ways.into_iter().enumerate() {
        let target = targets[number % targets.len()];
        let minutes = scene.dice.between(7, 12);
        wave(scene, target, way, &army, now, minutes * MINUTE);
        now += (minutes + scene.dice.between(4, 25)) * MINUTE;
    }
    truth.addresses = scouts;
    truth.targets = targets
        .iter()
        .map(|target| {
            let site = world.machine(*target);
            Touched { asset: site.id.clone(), host: site.full.clone(), at: instant(start) }
        })
        .collect();
}

/// A scout looks for a way in, and finds none.
fn probe(scene: &mut Scene<'_>, target: u32, from: IpAddr, start: Micros) {
    const PROBES: [&str; 8] = [
        "/rendez-vous?id=1%27%20OR%20%271%27=%271",
        "/consultations?service=12%20UNION%20SELECT%20NULL,NULL,version()--",
        "/actualites?page=1%27;WAITFOR%20DELAY%20%270:0:5%27--",
        "/recherche?q=%27%20AND%20SLEEP(5)%23",
        "/wp-login.php",
        "/.env",
        "/admin/",
        "/phpmyadmin/index.php",
    ];
    let agent =
        *scene.dice.pick(&["sqlmap/1.9.4#stable (https://sqlmap.org)", AGENTS[2], "python-requests/2.32.3"]);
    let mut now = start;
    for _ in 0..scene.dice.between(60, 140) {
        let probe = *scene.dice.pick(&PROBES);
        let status = *scene.dice.pick(&[403, 404, 404, 400]);
        scene.request(now, target, from, &format!("GET {probe} HTTP/1.1"), (status, 512), ("-", agent));
        now += scene.dice.between(SECOND, 9 * SECOND);
    }
}

/// One wave: it rises, the site slows down, then answers with errors, then the wave falls.
fn wave(scene: &mut Scene<'_>, target: u32, way: Way, army: &[IpAddr], start: Micros, length: Micros) {
    let world = scene.world;
    let page = *scene.dice.pick(&PAGES);
    let share = REQUESTS / 4;
    for number in 0..share {
        let time = start + scene.dice.between(0, length);
        let late = time > start + length / 6;
        let from = *scene.dice.pick(army);
        let agent = *scene.dice.pick(&AGENTS);
        let overloaded = *scene.dice.pick(&[503, 503, 504, 502, 499, 200]);
        let status = if late { overloaded } else { 200 };
        let request = match way {
            Way::Page => format!("GET {page} HTTP/1.1"),
            Way::Uncached => format!("GET {page}?{} HTTP/1.1", scene.dice.letters(10)),
            Way::Form => "POST /rendez-vous/recherche HTTP/1.1".to_owned(),
            Way::Slow => format!("GET {page} HTTP/1.1"),
        };
        let status = if matches!(way, Way::Slow) && late { 408 } else { status };
        scene.request(
            time,
            target,
            from,
            &request,
            (status, if status == 200 { 18_000 } else { 0 }),
            ("-", agent),
        );
        if number % 12 == 0 {
            let to = world.machine(target).ip;
            scene.firewall(
                time,
                &Flow { from, to, port: 443, service: "HTTPS", sent: 900, received: 0, passed: true },
            );
        }
    }
}
