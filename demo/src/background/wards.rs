//! People at work: log-ons, programs, shares, patient records.

use crate::lines::{Access, Flow};
use crate::log::{MINUTE, Micros, SECOND};
use crate::rhythm::{OFFICE, Rhythm, Span, WARD};
use crate::scene::{Logon, Proof, Scene};
use crate::world::outside;

const SESSIONS: usize = 3_300;
const UNITS: [&str; 12] = [
    "emergency",
    "icu",
    "cardiology",
    "maternity",
    "paediatrics",
    "surgery",
    "oncology",
    "geriatrics",
    "dialysis",
    "imaging",
    "psychiatry",
    "medicine",
];
const ACTIONS: [&str; 6] = ["read", "read", "read", "note", "prescription", "result"];

/// A program: its path, its command line, whether it speaks to the network.
struct Program(&'static str, &'static str, bool);

const PROGRAMS: [Program; 8] = [
    Program(
        "C:\\Program Files\\CareRecord\\CareRecord.exe",
        "\"C:\\Program Files\\CareRecord\\CareRecord.exe\" /unit",
        true,
    ),
    Program(
        "C:\\Program Files\\CareRecord\\CareRecord.exe",
        "\"C:\\Program Files\\CareRecord\\CareRecord.exe\" /unit",
        true,
    ),
    Program(
        "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
        "\"C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe\" --profile-directory=Default",
        true,
    ),
    Program(
        "C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE",
        "\"C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE\"",
        true,
    ),
    Program(
        "C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE",
        "\"C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE\" /n",
        false,
    ),
    Program(
        "C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE",
        "\"C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE\" /dde",
        false,
    ),
    Program(
        "C:\\Program Files\\ImageView\\ImageView.exe",
        "\"C:\\Program Files\\ImageView\\ImageView.exe\" --worklist",
        true,
    ),
    Program("C:\\Windows\\System32\\notepad.exe", "\"C:\\Windows\\System32\\notepad.exe\"", false),
];

pub(super) fn tell(scene: &mut Scene<'_>, span: Span) {
    let world = scene.world;
    let (ward, office) = (Rhythm::new(span, &world.zone, WARD), Rhythm::new(span, &world.zone, OFFICE));
    for _ in 0..SESSIONS {
        let person = *scene.dice.pick(&world.staff);
        let clerk = world.person(person).name.starts_with("clerk");
        let time = if clerk { office.moment(&mut scene.dice) } else { ward.moment(&mut scene.dice) };
        session(scene, time, span, person);
    }
}

fn session(scene: &mut Scene<'_>, start: Micros, span: Span, person: u32) {
    let world = scene.world;
    let home = world.person(person).station;
    // Ward staff use whatever machine stands there.
    let station = if scene.dice.percent(65) { home } else { *scene.dice.pick(&world.workstations) };
    let end = (start + scene.dice.between(2 * MINUTE, 50 * MINUTE)).min(span.end - SECOND);
    if scene.dice.percent(3) {
        scene.logon_failed(
            start - 9 * SECOND,
            station,
            &world.person(person).name,
            2,
            world.machine(station).ip,
        );
    }
    let kind = *scene.dice.pick(&[2, 2, 7, 11]);
    let logon = scene.logon(start, station, person, kind, None, Proof::Kerberos);
    let shell = scene.running(logon, "C:\\Windows\\explorer.exe");
    for _ in 0..scene.dice.between(1, 4) {
        let time = scene.dice.between(start + SECOND, end);
        let Program(image, command, speaks) = scene.dice.pick(&PROGRAMS);
        let process = scene.spawn(time, &shell, image, command);
        if *speaks {
            let (name, server) = if scene.dice.percent(70) {
                (world.record_server, world.machine(world.record_server).ip)
            } else {
                let address = outside(&mut scene.dice, true);
                (station, address)
            };
            scene.connect(
                time + SECOND,
                &process,
                server,
                if name == station { "-" } else { &world.machine(name).full },
                443,
            );
        }
        if scene.dice.percent(20) {
            let name = format!(
                "C:\\Users\\{}\\AppData\\Local\\Temp\\~DF{}.tmp",
                world.person(person).name,
                scene.dice.hex(8)
            );
            scene.write_file(time + 3 * SECOND, &process, &name);
        }
    }
    documents(scene, &logon, start, end);
    traffic(scene, station, start, end);
    records(scene, person, station, start, end);
    scene.logoff(end, &logon);
}

/// The department's share.
fn documents(scene: &mut Scene<'_>, desk: &Logon, start: Micros, end: Micros) {
    let world = scene.world;
    let (Some(person), true) = (desk.person, scene.dice.percent(60)) else { return };
    let from = world.machine(desk.machine).ip;
    let server = *scene.dice.pick(&world.file_servers);
    let time = scene.dice.between(start, end);
    let logon = scene.logon(time, server, person, 3, Some(from), Proof::Kerberos);
    scene.share(time + SECOND, &logon, from, "\\\\*\\Departments", "\\??\\D:\\Departments");
    for number in 0..scene.dice.between(0, 3) {
        let file = format!("{}\\2026\\{}.docx", scene.dice.pick(&UNITS), scene.dice.letters(9));
        let write = scene.dice.percent(30);
        let share = ("\\\\*\\Departments", "\\??\\D:\\Departments");
        scene.share_file(time + (2 + number) * SECOND, &logon, from, share, &file, write);
    }
    let last = scene.dice.between(time + 5 * SECOND, time + 15 * MINUTE);
    scene.logoff(last, &logon);
}

fn traffic(scene: &mut Scene<'_>, station: u32, start: Micros, end: Micros) {
    const NAMES: [&str; 6] = [
        "www.example.org",
        "news.example.com",
        "pharma.example.net",
        "mail.example.com",
        "guidelines.example.org",
        "cdn.example.net",
    ];
    let world = scene.world;
    let from = world.machine(station).ip;
    for _ in 0..scene.dice.between(1, 4) {
        let time = scene.dice.between(start, end);
        let name = *scene.dice.pick(&NAMES);
        let to = outside(&mut scene.dice, true);
        let (sent, received) = (scene.dice.below(20_000), scene.dice.below(900_000));
        let flow = Flow { from, to, port: 443, service: "ssl", sent, received, passed: true };
        scene.dns(time, from, name, &to.to_string());
        scene.firewall(time + SECOND, &flow);
        scene.conn(time + SECOND, &flow, "SF");
    }
    let time = scene.dice.between(start, end);
    let (sent, received) = (scene.dice.below(60_000), scene.dice.below(2_000_000));
    let to = world.machine(world.record_server).ip;
    scene.conn(time, &Flow { from, to, port: 443, service: "ssl", sent, received, passed: true }, "SF");
}

fn records(scene: &mut Scene<'_>, person: u32, station: u32, start: Micros, end: Micros) {
    let world = scene.world;
    let unit = UNITS[person as usize % UNITS.len()];
    for _ in 0..scene.dice.between(1, 8) {
        let elsewhere = scene.dice.percent(4);
        let patient = format!(
            "P{:07}",
            1_000_000 + 700 * (u64::from(person) % 12) + scene.dice.below(if elsewhere { 9_000 } else { 60 })
        );
        let access = Access {
            person,
            station,
            server: world.record_server,
            action: scene.dice.text(&ACTIONS),
            patient: &patient,
            unit: if elsewhere { scene.dice.text(&UNITS) } else { unit },
            sensitive: false,
            relation: if elsewhere { "same-site" } else { "care-team" },
            reason: if elsewhere {
                scene.dice.text(&["advice asked", "transfer", "on call", "billing"])
            } else {
                ""
            },
            break_glass: elsewhere && scene.dice.percent(10),
        };
        let time = scene.dice.between(start, end);
        scene.record(time, &access);
    }
}
