//! The edge and the network: firewall, VPN, public sites, Linux log-ins, medical traffic.

use crate::lines::Flow;
use crate::log::{MINUTE, Micros, SECOND};
use crate::rhythm::{OFFICE, PUBLIC, Rhythm, STEADY, Span, WARD};
use crate::scene::Scene;
use crate::world::outside;

const FIREWALL: usize = 24_000;
const VPN: usize = 160;
const VISITS: usize = 3_800;
const LOGINS: usize = 700;
const NETWORK: usize = 11_000;
const IMAGES: usize = 3_600;

pub(crate) const AGENTS: [&str; 6] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
];
pub(crate) const PAGES: [&str; 10] = [
    "/",
    "/urgences",
    "/consultations",
    "/rendez-vous",
    "/maternite",
    "/acces-et-plans",
    "/numeros-utiles",
    "/don-du-sang",
    "/recrutement",
    "/actualites",
];

pub(super) fn tell(scene: &mut Scene<'_>, span: Span) {
    let zone = &scene.world.zone;
    let (steady, public) = (Rhythm::new(span, zone, STEADY), Rhythm::new(span, zone, PUBLIC));
    let (office, ward) = (Rhythm::new(span, zone, OFFICE), Rhythm::new(span, zone, WARD));
    firewall(scene, &steady, &public);
    for _ in 0..VPN {
        let time = office.moment(&mut scene.dice);
        remote_worker(scene, time, span);
    }
    let time = ward.moment(&mut scene.dice);
    tired_physician(scene, time.min(span.end - 10 * MINUTE));
    for _ in 0..VISITS {
        let time = public.moment(&mut scene.dice);
        visit(scene, time);
    }
    crawlers(scene, &steady);
    logins(scene, &steady, &office);
    network(scene, &steady);
    images(scene, &ward);
    scanner(scene, span);
}

fn firewall(scene: &mut Scene<'_>, steady: &Rhythm, public: &Rhythm) {
    let world = scene.world;
    for number in 0..FIREWALL {
        // A third is the noise of the Internet, refused.
        let refused = number % 3 == 0;
        let time = if refused { steady.moment(&mut scene.dice) } else { public.moment(&mut scene.dice) };
        let from = outside(&mut scene.dice, true);
        let to = world.machine(*scene.dice.pick(&world.sites)).ip;
        let port = if refused { *scene.dice.pick(&[22, 23, 445, 1_433, 3_389, 5_900, 8_080]) } else { 443 };
        let (sent, received) =
            if refused { (0, 0) } else { (scene.dice.below(9_000), scene.dice.below(300_000)) };
        let service = if refused { "-" } else { "HTTPS" };
        scene.firewall(time, &Flow { from, to, port, service, sent, received, passed: !refused });
    }
}

fn remote_worker(scene: &mut Scene<'_>, time: Micros, span: Span) {
    let world = scene.world;
    let group = if scene.dice.percent(30) { &world.admins } else { &world.staff };
    let person = *scene.dice.pick(group);
    // Each works from home: one address a person.
    let home = outside(&mut crate::dice::Dice::part(u64::from(person), &world.sid), true);
    let name = &world.person(person).name;
    if scene.dice.percent(6) {
        scene.vpn(
            time - 20 * SECOND,
            "ssl-login-fail",
            name,
            home,
            "reason=\"sslvpn_login_unknown_user_or_password\" msg=\"SSL user failed to logged in\"",
        );
    }
    let tunnel = format!("10.212.{}.{}", scene.dice.below(4), 2 + scene.dice.below(250));
    let rest = format!(
        "tunnelip={tunnel} srccountry=\"France\" group=\"vpn-staff\" auth=\"password+token\" mfa=\"yes\" reason=\"login successfully\" msg=\"SSL tunnel established\""
    );
    scene.vpn(time, "tunnel-up", name, home, &rest);
    let end = (time + scene.dice.between(10 * MINUTE, 240 * MINUTE)).min(span.end - SECOND);
    let (sent, received) = (scene.dice.below(90_000_000), scene.dice.below(400_000_000));
    let rest = format!(
        "tunnelip={tunnel} srccountry=\"France\" group=\"vpn-staff\" duration={} sentbyte={sent} rcvdbyte={received} msg=\"SSL tunnel shutdown\"",
        (end - time) / SECOND
    );
    scene.vpn(end, "tunnel-down", name, home, &rest);
}

/// Six wrong passwords, then the right one, from home, after a night shift.
fn tired_physician(scene: &mut Scene<'_>, time: Micros) {
    let world = scene.world;
    let person = world.staff.iter().find(|it| world.person(**it).name.starts_with("physician"));
    let name = &world.person(person.copied().unwrap_or(world.staff[0])).name;
    let home = outside(&mut scene.dice, true);
    for number in 0..6 {
        scene.vpn(
            time + 15 * number * SECOND,
            "ssl-login-fail",
            name,
            home,
            "reason=\"sslvpn_login_permission_denied\" msg=\"SSL user failed to logged in\"",
        );
    }
    scene.vpn(time + 2 * MINUTE, "tunnel-up", name, home, "tunnelip=10.212.3.253 srccountry=\"France\" group=\"vpn-staff\" auth=\"password+token\" mfa=\"yes\" reason=\"login successfully\" msg=\"SSL tunnel established\"");
}

fn visit(scene: &mut Scene<'_>, start: Micros) {
    const PARTS: [&str; 4] = ["/static/style.css", "/static/logo.svg", "/static/app.js", "/favicon.ico"];
    let world = scene.world;
    let site = *scene.dice.pick(&world.sites);
    let from = outside(&mut scene.dice, true);
    let agent = *scene.dice.pick(&AGENTS);
    let mut time = start;
    for _ in 0..scene.dice.between(1, 4) {
        let page = *scene.dice.pick(&PAGES);
        let status = *scene.dice.pick(&[200, 200, 200, 200, 200, 304, 301, 404]);
        let bytes = scene.dice.below(60_000);
        scene.request(time, site, from, &format!("GET {page} HTTP/2.0"), (status, bytes), ("-", agent));
        for part in &PARTS[..scene.dice.below(4) as usize] {
            time += 120_000;
            let bytes = scene.dice.below(90_000);
            let page = format!("https://{}{page}", world.machine(site).full);
            scene.request(time, site, from, &format!("GET {part} HTTP/2.0"), (200, bytes), (&page, agent));
        }
        time += scene.dice.between(4 * SECOND, 90 * SECOND);
    }
}

fn crawlers(scene: &mut Scene<'_>, steady: &Rhythm) {
    const CRAWLERS: [&str; 3] = [
        "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://bot.example/about)",
        "Mozilla/5.0 (compatible; ArchiveCrawler/3.4; +https://archive.example/bot)",
        "HealthDirectory-Indexer/1.8 (+https://directory.example)",
    ];
    let world = scene.world;
    for number in 0..1_800_usize {
        let time = steady.moment(&mut scene.dice);
        let site = *scene.dice.pick(&world.sites);
        let from = outside(&mut crate::dice::Dice::part(number as u64 % 9, "crawler"), true);
        let page = *scene.dice.pick(&PAGES);
        let status = *scene.dice.pick(&[200, 200, 304, 404]);
        scene.request(
            time,
            site,
            from,
            &format!("GET {page} HTTP/1.1"),
            (status, 18_000),
            ("-", CRAWLERS[number % 3]),
        );
    }
}

fn logins(scene: &mut Scene<'_>, steady: &Rhythm, office: &Rhythm) {
    let world = scene.world;
    for _ in 0..LOGINS {
        let machine = *scene.dice.pick(&world.linux);
        let time = steady.moment(&mut scene.dice);
        scene.auth(
            time,
            machine,
            "CRON",
            "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)",
        );
        scene.auth(time + SECOND, machine, "CRON", "pam_unix(cron:session): session closed for user root");
        if scene.dice.percent(30) {
            let time = office.moment(&mut scene.dice);
            let person = *scene.dice.pick(&world.admins);
            let name = &world.person(person).name;
            let from = world.machine(world.person(person).station).ip;
            if scene.dice.percent(8) {
                let port = scene.dice.between(40_000, 60_000);
                scene.auth(
                    time - 5 * SECOND,
                    machine,
                    "sshd",
                    &format!("Failed password for {name} from {from} port {port} ssh2"),
                );
            }
            let (port, key) = (scene.dice.between(40_000, 60_000), scene.dice.letters(43));
            scene.auth(
                time,
                machine,
                "sshd",
                &format!("Accepted publickey for {name} from {from} port {port} ssh2: ED25519 SHA256:{key}"),
            );
            scene.auth(
                time + SECOND,
                machine,
                "sshd",
                &format!("pam_unix(sshd:session): session opened for user {name}(uid=1004) by (uid=0)"),
            );
            scene.auth(time + 30 * SECOND, machine, "sudo", &format!("{name} : TTY=pts/0 ; PWD=/home/{name} ; USER=root ; COMMAND=/usr/bin/systemctl status nginx"));
        }
    }
}

/// Servers and devices speaking to each other, as the sensor sees them.
fn network(scene: &mut Scene<'_>, steady: &Rhythm) {
    let world = scene.world;
    for _ in 0..NETWORK {
        let time = steady.moment(&mut scene.dice);
        let from = world.machine(*scene.dice.pick(&world.devices)).ip;
        let server = *scene.dice.pick(&world.servers);
        let to = world.machine(server);
        let (port, service) =
            *scene.dice.pick(&[(443, "ssl"), (2_575, "-"), (104, "-"), (123, "ntp"), (445, "smb")]);
        let (sent, received) = (scene.dice.below(40_000), scene.dice.below(40_000));
        if scene.dice.percent(35) {
            scene.dns(time, from, &to.full, &to.ip.to_string());
        }
        scene.conn(
            time + 30_000,
            &Flow { from, to: to.ip, port, service, sent, received, passed: true },
            "SF",
        );
        if scene.dice.percent(15) {
            scene.http(time + SECOND, from, (to.ip, &to.full), "/api/heartbeat?v=4", "DeviceAgent/4.2");
        }
    }
}

fn images(scene: &mut Scene<'_>, ward: &Rhythm) {
    let world = scene.world;
    let archive = world.machine(world.image_server).ip;
    for _ in 0..IMAGES {
        let time = ward.moment(&mut scene.dice);
        let device = *scene.dice.pick(&world.devices);
        let title = world.machine(device).host.to_uppercase();
        let command = *scene.dice.pick(&["C-STORE", "C-STORE", "C-STORE", "C-FIND", "C-ECHO"]);
        scene.dicom(time, world.machine(device).ip, archive, (&title, "ARCHIVE"), command);
    }
}

/// The hospital's own vulnerability scanner, one network a night.
fn scanner(scene: &mut Scene<'_>, span: Span) {
    let world = scene.world;
    let from = world.machine(*scene.dice.pick(&world.linux)).ip;
    let mut time = span.start + 5 * 60 * MINUTE;
    for machine in world.workstations.iter().take(60) {
        for port in [22, 443, 445, 3_389] {
            time += scene.dice.between(SECOND, 3 * SECOND);
            let to = world.machine(*machine).ip;
            scene.conn(
                time,
                &Flow { from, to, port, service: "-", sent: 0, received: 0, passed: true },
                "REJ",
            );
        }
    }
}
