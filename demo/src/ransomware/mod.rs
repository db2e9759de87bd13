//! The ransomware night: a VPN account without a second factor, and eight hours.
//!
//! Invariant: exactly the assets that the truth names as lost are encrypted, each after the attacker
//! reached it; the others that it names were acted on and still run.

mod encrypt;
mod entry;
mod spread;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use crate::instant;
use crate::log::{HOUR, MINUTE, Micros};
use crate::scene::{Process, Scene};
use crate::truth::{Account, Touched, Truth};
use crate::world::{World, outside};

/// What the attackers brought and whom they became.
#[derive(Debug)]
struct Attack {
    /// Where they come from.
    outside: IpAddr,
    /// Their address inside the tunnel.
    tunnel: IpAddr,
    /// Whose VPN account they have.
    entry: u32,
    /// Whose administrator account they take.
    admin: u32,
    /// The domain administrator that they make.
    made: String,
    /// First machine they act on.
    zero: u32,
    /// Controller that they take the domain from.
    controller: u32,
    /// Servers that they will encrypt, in order.
    victims: Vec<u32>,
    /// Servers that they only pass through.
    passed: Vec<u32>,
    /// Machines acted on, and since when.
    touched: BTreeMap<u32, Micros>,
    tools: Tools,
}

#[derive(Debug)]
struct Tools {
    /// Added to each encrypted file's name.
    extension: String,
    note: String,
    encryptor: String,
    /// Service that carries them from server to server.
    service: String,
    folder: &'static str,
    means: Means,
}

/// How they run things elsewhere.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Means {
    Service,
    Task,
    Wmi,
}

const CMD: &str = "C:\\Windows\\System32\\cmd.exe";
const POWERSHELL: &str = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";

/// Tells the night that begins in the evening after `midnight`.
pub(crate) fn tell(scene: &mut Scene<'_>, midnight: Micros, truth: &mut Truth) {
    let mut attack = Attack::new(scene);
    let start = midnight + 18 * HOUR + scene.dice.between(0, 90 * MINUTE);
    let (shell, now) = entry::come_in(scene, &mut attack, start);
    let now = entry::look_around(scene, &attack, &shell, now);
    let now = entry::take_passwords(scene, &attack, &shell, now);
    let now = entry::take_domain(scene, &mut attack, &shell, now);
    let now = spread::pass_through(scene, &mut attack, &shell, now);
    let now = spread::delete_backups(scene, &mut attack, now);
    let now = now.max(midnight + 25 * HOUR + scene.dice.between(0, 80 * MINUTE));
    let lost = encrypt::encrypt_all(scene, &mut attack, now);
    attack.confess(scene.world, &lost, truth);
}

impl Attack {
    fn new(scene: &mut Scene<'_>) -> Attack {
        let world = scene.world;
        let dice = &mut scene.dice;
        // Published desktops and jump servers are what a VPN leads to.
        let zero = *dice.pick(&world.named(&["rds-", "jump", "bastion", "citrix"]));
        let controller = *dice.pick(&world.controllers);
        let keeper = world.backups[0];
        let mut servers: Vec<u32> =
            world.servers.iter().copied().filter(|it| ![keeper, zero].contains(it)).collect();
        dice.shuffle(&mut servers);
        let count = (26 + dice.below(9) as usize).min(servers.len() * 3 / 4);
        let passed = servers.split_off(servers.len().min(count));
        servers.insert(dice.below(servers.len() as u64 + 1) as usize, keeper);
        let id = dice.letters(8);
        let folder = *dice.pick(&[
            "C:\\ProgramData\\",
            "C:\\Windows\\Temp\\",
            "C:\\Users\\Public\\",
            "C:\\PerfLogs\\",
        ]);
        let tools = Tools {
            extension: format!(".{}", dice.letters(6)),
            note: match dice.below(4) {
                0 => "README_TO_RESTORE_FILES.txt".to_owned(),
                1 => format!("RECOVER-{id}-FILES.txt"),
                2 => "HOW_TO_DECRYPT.html".to_owned(),
                _ => "!!!_YOUR_FILES_ARE_ENCRYPTED_!!!.txt".to_owned(),
            },
            encryptor: format!("{folder}{}.exe", dice.name(7)),
            service: match dice.below(3) {
                0 => "PSEXESVC".to_owned(),
                _ => dice.name(8),
            },
            folder,
            means: *dice.pick(&[Means::Service, Means::Task, Means::Wmi]),
        };
        let entries: Vec<u32> = world
            .staff
            .iter()
            .copied()
            .filter(|it| {
                let name = &world.person(*it).name;
                ["contractor", "physician", "technician"].iter().any(|role| name.starts_with(role))
            })
            .collect();
        Attack {
            outside: outside(dice, false),
            tunnel: IpAddr::V4(Ipv4Addr::new(10, 212, dice.below(4) as u8, 2 + dice.below(200) as u8)),
            entry: *dice.pick(if entries.is_empty() { &world.staff } else { &entries }),
            admin: *dice.pick(&world.admins),
            made: format!(
                "{}-{}",
                dice.pick(&["support", "helpdesk", "sqladmin", "scanner"]),
                dice.below(90)
            ),
            zero,
            controller,
            victims: servers,
            passed: passed.into_iter().take(3).collect(),
            touched: BTreeMap::new(),
            tools,
        }
    }

    fn touch(&mut self, machine: u32, time: Micros) {
        self.touched.entry(machine).or_insert(time);
    }

    fn confess(&self, world: &World, lost: &[(u32, Micros)], truth: &mut Truth) {
        let touched = |(machine, time): (u32, Micros)| {
            let machine = world.machine(machine);
            Touched { asset: machine.id.clone(), host: machine.host.clone(), at: instant(time) }
        };
        truth.entry_account = Some(world.person(self.entry).name.clone());
        truth.addresses = vec![self.outside, self.tunnel];
        truth.patient_zero = Some(world.machine(self.zero).id.clone());
        truth.accounts = [self.entry, self.admin]
            .map(|it| world.person(it))
            .map(|it| Account { name: it.name.clone(), asset: it.asset.clone() })
            .to_vec();
        truth.accounts.push(Account { name: self.made.clone(), asset: None });
        truth.lost = lost.iter().copied().map(touched).collect();
        truth.compromised = self
            .touched
            .iter()
            .map(|(machine, time)| (*machine, *time))
            .filter(|(machine, _)| !lost.iter().any(|it| it.0 == *machine))
            .map(touched)
            .collect();
        truth.compromised.sort_by_key(|it| it.at);
    }
}

/// Runs one command line in a command processor: the processor, then what it starts.
fn run(scene: &mut Scene<'_>, time: Micros, shell: &Process, image: &str, command: &str) -> Process {
    let processor = scene.spawn(time, shell, CMD, &format!("{CMD} /C {command}"));
    scene.spawn(time + 200_000, &processor, image, command)
}
