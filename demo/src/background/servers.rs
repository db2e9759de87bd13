//! Servers and those who keep them: services, scheduled tasks, backups, patches, administrators.

use crate::evtx::Value::{Guid, Number, Text};
use crate::log::{HOUR, MINUTE, Micros, SECOND};
use crate::rhythm::{NIGHT, OFFICE, Rhythm, STEADY, Span};
use crate::scene::{Process, Proof, Scene};
use crate::shapes;
use crate::world::outside;

const SERVICE_LOGONS: usize = 8_500;
const TASKS: usize = 2_400;
const STATES: usize = 2_600;
const FILES: usize = 6_000;
const CONNECTIONS: usize = 7_500;
const ADMIN_SESSIONS: usize = 70;

const SERVICES_EXE: &str = "C:\\Windows\\System32\\services.exe";
const SVCHOST: &str = "C:\\Windows\\System32\\svchost.exe";
const POWERSHELL: &str = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";

pub(super) fn tell(scene: &mut Scene<'_>, span: Span) {
    let zone = &scene.world.zone;
    let steady = Rhythm::new(span, zone, STEADY);
    let night = Rhythm::new(span, zone, NIGHT);
    let office = Rhythm::new(span, zone, OFFICE);
    service_logons(scene, &steady, span);
    tasks(scene, &steady);
    states(scene, &steady);
    files(scene, &steady);
    connections(scene, &steady);
    updates(scene, &steady, &night);
    backups(scene, &night);
    for _ in 0..ADMIN_SESSIONS {
        let time = office.moment(&mut scene.dice);
        administration(scene, time.min(span.end - HOUR));
    }
    oddities(scene, &office, span);
}

/// Applications and the monitoring log on all day.
fn service_logons(scene: &mut Scene<'_>, rhythm: &Rhythm, span: Span) {
    let world = scene.world;
    for _ in 0..SERVICE_LOGONS {
        let time = rhythm.moment(&mut scene.dice);
        let account = *scene.dice.pick(&world.services);
        let server = *scene.dice.pick(&world.servers);
        // Each service works from the machine it lives on.
        let from = world.machine(world.person(account).station).ip;
        let logon = scene.logon(time, server, account, 3, Some(from), Proof::Kerberos);
        let end = (time + scene.dice.between(SECOND, 10 * MINUTE)).min(span.end - SECOND);
        scene.logoff(end, &logon);
    }
}

fn tasks(scene: &mut Scene<'_>, rhythm: &Rhythm) {
    const TASKS_KNOWN: [(&str, &str, &str); 8] = [
        (
            "\\Microsoft\\Windows\\Defrag\\ScheduledDefrag",
            "C:\\Windows\\System32\\defrag.exe",
            "C:\\Windows\\system32\\defrag.exe -c -h -k -g -$",
        ),
        (
            "\\Microsoft\\Windows\\UpdateOrchestrator\\Schedule Scan",
            "C:\\Windows\\System32\\wuauclt.exe",
            "C:\\Windows\\system32\\wuauclt.exe /RunHandlerComServer",
        ),
        (
            "\\Microsoft\\Windows\\Customer Experience Improvement Program\\Consolidator",
            "C:\\Windows\\System32\\wsqmcons.exe",
            "C:\\Windows\\System32\\wsqmcons.exe",
        ),
        (
            "\\Monitoring\\Inventory",
            "C:\\Program Files\\SiteMonitor\\agent.exe",
            "\"C:\\Program Files\\SiteMonitor\\agent.exe\" --inventory",
        ),
        (
            "\\Monitoring\\Health",
            "C:\\Program Files\\SiteMonitor\\agent.exe",
            "\"C:\\Program Files\\SiteMonitor\\agent.exe\" --health",
        ),
        (
            "\\Lab\\ResultExport",
            "C:\\Program Files\\LabLink\\export.exe",
            "\"C:\\Program Files\\LabLink\\export.exe\" --hl7 --since last",
        ),
        (
            "\\Record\\NightlyPrint",
            "C:\\Program Files\\CareRecord\\census.exe",
            "\"C:\\Program Files\\CareRecord\\census.exe\" --all-units --print",
        ),
        (
            "\\Microsoft\\Windows\\Windows Defender\\Windows Defender Scheduled Scan",
            "C:\\Program Files\\Windows Defender\\MpCmdRun.exe",
            "\"C:\\Program Files\\Windows Defender\\MpCmdRun.exe\" Scan -ScheduleJob -RestrictPrivileges -DailyScan",
        ),
    ];
    let world = scene.world;
    for _ in 0..TASKS {
        let time = rhythm.moment(&mut scene.dice);
        let server = *scene.dice.pick(&world.servers);
        let (name, image, command) = *scene.dice.pick(&TASKS_KNOWN);
        let instance = scene.guid();
        let system = scene.system(server);
        let scheduler = scene.running(system, SVCHOST);
        let engine = u64::from(scheduler.pid);
        scene.log.windows(
            time,
            server,
            &shapes::TASK_STARTED,
            &[
                ("TaskName", Text(name)),
                ("ActionName", Text(image)),
                ("TaskInstanceId", Guid(instance)),
                ("EnginePID", Number(engine)),
            ],
        );
        scene.spawn(time + 30_000, &scheduler, image, command);
        let end = time + scene.dice.between(SECOND, MINUTE);
        scene.log.windows(
            end,
            server,
            &shapes::TASK_DONE,
            &[
                ("TaskName", Text(name)),
                ("TaskInstanceId", Guid(instance)),
                ("ActionName", Text(image)),
                ("EnginePID", Number(engine)),
            ],
        );
    }
}

fn states(scene: &mut Scene<'_>, rhythm: &Rhythm) {
    const NAMES: [&str; 7] = [
        "Windows Update",
        "Windows Modules Installer",
        "Software Protection",
        "WMI Performance Adapter",
        "Application Experience",
        "Volume Shadow Copy",
        "Background Intelligent Transfer Service",
    ];
    let world = scene.world;
    for _ in 0..STATES / 2 {
        let time = rhythm.moment(&mut scene.dice);
        let server = *scene.dice.pick(&world.servers);
        let name = *scene.dice.pick(&NAMES);
        scene.service_state(time, server, name, "running");
        let end = time + scene.dice.between(20 * SECOND, 3 * MINUTE);
        scene.service_state(end, server, name, "stopped");
    }
}

/// Files that servers write all day: results, images, logs, database files.
fn files(scene: &mut Scene<'_>, rhythm: &Rhythm) {
    const KINDS: [(&str, &str, &str); 5] = [
        ("C:\\Program Files\\LabLink\\export.exe", "D:\\LabLink\\out\\", ".hl7"),
        ("C:\\Program Files\\ImageView\\store.exe", "D:\\Images\\2026\\", ".dcm"),
        ("C:\\Program Files\\CareRecord\\service.exe", "D:\\CareRecord\\documents\\", ".pdf"),
        ("C:\\Program Files\\SiteMonitor\\agent.exe", "C:\\ProgramData\\SiteMonitor\\spool\\", ".json"),
        ("C:\\Windows\\System32\\svchost.exe", "C:\\Windows\\Prefetch\\", ".pf"),
    ];
    let world = scene.world;
    for _ in 0..FILES {
        let time = rhythm.moment(&mut scene.dice);
        let server = *scene.dice.pick(&world.servers);
        let (image, folder, extension) = *scene.dice.pick(&KINDS);
        let system = scene.system(server);
        let process = scene.running(system, image);
        let name = format!("{folder}{}{extension}", scene.dice.letters(12));
        scene.write_file(time, &process, &name);
        if scene.dice.percent(12) {
            scene.delete_file(time + MINUTE, &process, &name);
        }
    }
}

fn connections(scene: &mut Scene<'_>, rhythm: &Rhythm) {
    let world = scene.world;
    for _ in 0..CONNECTIONS {
        let time = rhythm.moment(&mut scene.dice);
        let server = *scene.dice.pick(&world.servers);
        let system = scene.system(server);
        let process = scene.running(system, "C:\\Program Files\\SiteMonitor\\agent.exe");
        let peer = *scene.dice.pick(&world.servers);
        let port = *scene.dice.pick(&[443, 1_433, 389, 88, 2_575, 104]);
        scene.resolve(
            time,
            &process,
            &world.machine(peer).full,
            &format!("::ffff:{};", world.machine(peer).ip),
        );
        scene.connect(time + 20_000, &process, world.machine(peer).ip, &world.machine(peer).full, port);
    }
}

fn updates(scene: &mut Scene<'_>, steady: &Rhythm, night: &Rhythm) {
    let world = scene.world;
    let machines = world.servers.iter().chain(&world.workstations).chain(&world.controllers);
    for machine in machines {
        let time = steady.moment(&mut scene.dice);
        let version = format!("1.441.{}.0", scene.dice.below(900));
        scene.log.windows(
            time,
            *machine,
            &shapes::DEFENDER_SIGNATURES,
            &[
                ("Product Name", Text("Microsoft Defender Antivirus")),
                ("Product Version", Text("4.18.26090.5")),
                ("Current security intelligence Version", Text(&version)),
                ("Previous security intelligence Version", Text("1.440.12.0")),
                ("Domain", Text("NT AUTHORITY")),
                ("User", Text("SYSTEM")),
                ("SID", Text("S-1-5-18")),
                ("Update Type", Text("%%802")),
            ],
        );
        if scene.dice.percent(40) {
            let time = night.moment(&mut scene.dice);
            patch(scene, time, *machine);
        }
    }
}

fn patch(scene: &mut Scene<'_>, time: Micros, machine: u32) {
    let system = scene.system(machine);
    let services = scene.running(system, SERVICES_EXE);
    let installer = "C:\\Windows\\servicing\\TrustedInstaller.exe";
    let installer = scene.spawn(time, &services, installer, installer);
    let worker = "C:\\Windows\\WinSxS\\amd64_microsoft-windows-servicingstack\\TiWorker.exe";
    let worker = scene.spawn(time + SECOND, &installer, worker, &format!("{worker} -Embedding"));
    for number in 0..6 {
        let name =
            format!("C:\\Windows\\WinSxS\\Temp\\InFlight\\{}\\component{number}.dll", scene.dice.hex(16));
        scene.write_file(time + (2 + number) * SECOND, &worker, &name);
    }
    let guid = scene.guid();
    scene.log.windows(
        time + 5 * MINUTE,
        machine,
        &shapes::UPDATE_INSTALLED,
        &[
            (
                "updateTitle",
                Text("2026-11 Cumulative Update for Microsoft server operating system (KB5068787)"),
            ),
            ("updateGuid", Guid(guid)),
            ("updateRevisionNumber", Number(200)),
            ("serviceGuid", Guid(0x3da2_1691_e39d_4da6_8a4b_b438_77bc_b1b7)),
        ],
    );
    if scene.dice.percent(25) {
        let path = "\"C:\\Program Files (x86)\\Microsoft\\EdgeUpdate\\MicrosoftEdgeUpdate.exe\" /svc";
        scene.install(time + 6 * MINUTE, &system, "Microsoft Edge Update Service (edgeupdate)", path);
    }
}

/// The nightly job: the backup server logs on to every server, takes a shadow copy, reads, lets go.
fn backups(scene: &mut Scene<'_>, night: &Rhythm) {
    let world = scene.world;
    let keeper = world.backups[0];
    let account = world
        .people
        .iter()
        .position(|it| it.name.contains("backup"))
        .map_or(world.services[0], |it| it as u32);
    let from = world.machine(keeper).ip;
    let system = scene.system(keeper);
    let service = scene.running(system, "C:\\Program Files\\SafeKeep\\SafeKeep.Manager.exe");
    for server in &world.servers {
        let time = night.moment(&mut scene.dice);
        let logon = scene.logon(time, *server, account, 3, Some(from), Proof::Kerberos);
        scene.share(time + SECOND, &logon, from, "\\\\*\\ADMIN$", "\\??\\C:\\Windows");
        scene.service_state(time + 2 * SECOND, *server, "Volume Shadow Copy", "running");
        for number in 0..4 {
            let name = format!(
                "E:\\Backups\\{}\\increment-{}-{number}.vbk",
                world.machine(*server).host,
                scene.dice.hex(6)
            );
            scene.write_file(time + (5 + 40 * number) * SECOND, &service, &name);
        }
        scene.service_state(time + 5 * MINUTE, *server, "Volume Shadow Copy", "stopped");
        scene.logoff(time + 5 * MINUTE + SECOND, &logon);
    }
}

/// An administrator at work on a server.
fn administration(scene: &mut Scene<'_>, time: Micros) {
    const COMMANDS: [(&str, &str); 9] = [
        ("C:\\Windows\\System32\\ipconfig.exe", "ipconfig /all"),
        (
            "C:\\Windows\\System32\\mmc.exe",
            "\"C:\\Windows\\system32\\mmc.exe\" C:\\Windows\\system32\\services.msc",
        ),
        (
            "C:\\Windows\\System32\\mmc.exe",
            "\"C:\\Windows\\system32\\mmc.exe\" C:\\Windows\\system32\\dsa.msc",
        ),
        ("C:\\Windows\\System32\\gpupdate.exe", "gpupdate /force"),
        ("C:\\Windows\\System32\\ping.exe", "ping -n 4 gateway"),
        ("C:\\Windows\\System32\\nslookup.exe", "nslookup printer"),
        ("C:\\Windows\\System32\\sc.exe", "sc query LabLink"),
        ("C:\\Windows\\System32\\tasklist.exe", "tasklist /svc"),
        (
            "C:\\Windows\\System32\\robocopy.exe",
            "robocopy D:\\Departments \\\\archive\\Departments /MIR /R:1 /W:1 /LOG:C:\\Logs\\copy.log",
        ),
    ];
    const SCRIPTS: [&str; 4] = [
        "Get-ADUser -Filter {Enabled -eq $true} -Properties LastLogonDate | Where-Object LastLogonDate -lt (Get-Date).AddDays(-90) | Export-Csv C:\\Logs\\sleeping.csv",
        "Get-Service -Name LabLink | Restart-Service -Verbose",
        "Get-ChildItem D:\\Departments -Recurse | Measure-Object -Property Length -Sum",
        "Get-WinEvent -LogName System -MaxEvents 200 | Where-Object LevelDisplayName -eq 'Error' | Format-Table -AutoSize",
    ];
    let world = scene.world;
    let person = *scene.dice.pick(&world.admins);
    let server = *scene.dice.pick(&world.servers);
    let from = world.machine(world.person(person).station).ip;
    let logon = scene.logon(time, server, person, 10, Some(from), Proof::Kerberos);
    let user = scene.user(&logon);
    scene.log.windows(
        time + SECOND,
        server,
        &shapes::SESSION_LOGON,
        &[("User", Text(&user)), ("SessionID", Number(3)), ("Address", Text(&from.to_string()))],
    );
    let shell = scene.running(logon, "C:\\Windows\\explorer.exe");
    let console = scene.spawn(time + 20 * SECOND, &shell, POWERSHELL, &format!("\"{POWERSHELL}\""));
    let mut at = time + MINUTE;
    for _ in 0..scene.dice.between(1, 4) {
        let (image, command) = *scene.dice.pick(&COMMANDS);
        scene.spawn(at, &console, image, command);
        at += scene.dice.between(2 * MINUTE, 6 * MINUTE);
    }
    let script = *scene.dice.pick(&SCRIPTS);
    scene.script(at, server, script, "");
    scene.log.windows(
        at + 2 * MINUTE,
        server,
        &shapes::SESSION_END,
        &[("User", Text(&user)), ("SessionID", Number(3))],
    );
    scene.logoff(at + 2 * MINUTE + SECOND, &logon);
}

/// What looks like an attack and is none.
fn oddities(scene: &mut Scene<'_>, office: &Rhythm, span: Span) {
    let world = scene.world;
    let person = world.admins[0];
    let station = world.person(person).station;
    let desk = scene.logon(span.start + 9 * HOUR, station, person, 2, None, Proof::Kerberos);
    let shell = scene.running(desk, "C:\\Windows\\explorer.exe");
    let console = scene.spawn(
        span.start + 9 * HOUR + MINUTE,
        &shell,
        "C:\\Windows\\System32\\cmd.exe",
        "\"C:\\Windows\\system32\\cmd.exe\"",
    );
    for _ in 0..2 {
        let time = office.moment(&mut scene.dice).min(span.end - HOUR);
        remote_console(scene, time, &console);
    }
    let time = office.moment(&mut scene.dice);
    let server = world.servers[world.servers.len() / 2];
    let system = scene.system(server);
    let services = scene.running(system, SERVICES_EXE);
    scene.spawn(time, &services, "C:\\Windows\\System32\\vssadmin.exe", "vssadmin list shadows");
    let installer = scene.spawn(
        time + MINUTE,
        &services,
        "C:\\Windows\\System32\\msiexec.exe",
        "C:\\Windows\\system32\\msiexec.exe /V",
    );
    scene.write_file(time + 2 * MINUTE, &installer, "C:\\Program Files\\LabLink\\README.txt");
    scene.write_file(time + 2 * MINUTE, &installer, "C:\\Program Files\\LabLink\\RESTORE-INSTRUCTIONS.txt");
    conversion(scene, time + 10 * MINUTE);
    for _ in 0..5 {
        let time = office.moment(&mut scene.dice);
        let station = *scene.dice.pick(&world.workstations);
        let (identity, protector) = (scene.guid(), scene.guid());
        let volume = ("VolumeMountPoint", Text("C:"));
        let name = ("VolumeName", Text("\\\\?\\Volume{8f7b1d4e-0000-0000-0000-100000000000}\\"));
        scene.log.windows(
            time,
            station,
            &shapes::BITLOCKER_STARTED,
            &[("IdentificationGUID", Guid(identity)), name, volume],
        );
        scene.log.windows(
            time + SECOND,
            station,
            &shapes::BITLOCKER_PROTECTOR,
            &[
                ("IdentificationGUID", Guid(identity)),
                name,
                volume,
                ("ProtectorGUID", Guid(protector)),
                ("ProtectorType", Number(0x80_0000)),
            ],
        );
    }
}

/// An administrator repairs a server with the well-known remote console.
fn remote_console(scene: &mut Scene<'_>, time: Micros, console: &Process) {
    let world = scene.world;
    let (Some(person), station) = (console.logon.person, console.logon.machine) else { return };
    let server = *scene.dice.pick(&world.servers);
    let from = world.machine(station).ip;
    let command = format!(
        "psexec64.exe \\\\{} -s cmd /c \"net stop Spooler & net start Spooler\"",
        world.machine(server).host
    );
    scene.spawn(time, console, "C:\\Tools\\PsExec64.exe", &command);
    let logon = scene.logon(time + SECOND, server, person, 3, Some(from), Proof::Kerberos);
    scene.share(time + SECOND + 1, &logon, from, "\\\\*\\ADMIN$", "\\??\\C:\\Windows");
    scene.install(time + 2 * SECOND, &logon, "PSEXESVC", "%SystemRoot%\\PSEXESVC.exe");
    let system = scene.system(server);
    let services = scene.running(system, SERVICES_EXE);
    let helper =
        scene.spawn(time + 2 * SECOND, &services, "C:\\Windows\\PSEXESVC.exe", "C:\\Windows\\PSEXESVC.exe");
    scene.spawn(
        time + 3 * SECOND,
        &helper,
        "C:\\Windows\\System32\\cmd.exe",
        "cmd /c \"net stop Spooler & net start Spooler\"",
    );
    scene.service_state(time + 4 * SECOND, server, "Print Spooler", "stopped");
    scene.service_state(time + 6 * SECOND, server, "Print Spooler", "running");
    scene.logoff(time + 9 * SECOND, &logon);
}

/// Thousands of scanned letters become PDF files, and the old ones are deleted.
fn conversion(scene: &mut Scene<'_>, time: Micros) {
    let server = scene.world.file_servers[0];
    let system = scene.system(server);
    let services = scene.running(system, SERVICES_EXE);
    let image = "C:\\Program Files\\DocArchive\\convert.exe";
    let job = scene.spawn(
        time,
        &services,
        image,
        "\"C:\\Program Files\\DocArchive\\convert.exe\" --from tif --to pdf D:\\Letters",
    );
    let mut at = time;
    for number in 0..1_500 {
        at += scene.dice.between(100_000, 500_000);
        let folder = format!("D:\\Letters\\{}\\{:03}\\", 2_015 + number / 200, number % 40);
        let name = scene.dice.letters(8);
        scene.write_file(at, &job, &format!("{folder}{name}.pdf"));
        scene.delete_file(at + 50_000, &job, &format!("{folder}{name}.tif"));
    }
    let to = outside(&mut scene.dice, false);
    scene.connect(at, &job, to, "licence.docarchive.example", 443);
}
