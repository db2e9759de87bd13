//! The last hour: each server stripped of its defences and copies, then encrypted.

use super::spread::reach;
use super::{Attack, POWERSHELL, run};
use crate::evtx::Value::{Number, Text};
use crate::log::{MINUTE, Micros, SECOND};
use crate::scene::{Logon, Process, Scene};
use crate::shapes;

const SYSTEM32: &str = "C:\\Windows\\System32\\";

/// Encrypts every victim; each with the instant at which its first file went.
pub(super) fn encrypt_all(scene: &mut Scene<'_>, attack: &mut Attack, start: Micros) -> Vec<(u32, Micros)> {
    let mut now = start;
    let mut lost = Vec::new();
    for server in attack.victims.clone() {
        let (remote, logon) = reach(scene, attack, server, attack.tools.means, now);
        let ready = disarm(scene, &remote, now + 8 * SECOND);
        let ready = drop_copies(scene, &remote, ready);
        let (first, last) = encrypt(scene, attack, &remote, ready);
        clear_logs(scene, &remote, &logon, last);
        lost.push((server, first));
        now += scene.dice.between(10 * SECOND, 70 * SECOND);
    }
    lost
}

/// The antivirus switched off, what holds files open stopped.
fn disarm(scene: &mut Scene<'_>, remote: &Process, start: Micros) -> Micros {
    let machine = remote.logon.machine;
    let command =
        "powershell Set-MpPreference -DisableRealtimeMonitoring $true -DisableBehaviorMonitoring $true";
    run(scene, start, remote, POWERSHELL, command);
    scene.script(
        start + 700_000,
        machine,
        "Set-MpPreference -DisableRealtimeMonitoring $true -DisableBehaviorMonitoring $true",
        "",
    );
    let system = scene.system(machine);
    let engine = scene.running(system, "C:\\Program Files\\Windows Defender\\MsMpEng.exe");
    let key = "HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Real-Time Protection\\DisableRealtimeMonitoring";
    scene.set_value(start + SECOND, &engine, key, "DWORD (0x00000001)");
    scene.log.windows(
        start + SECOND + 200_000,
        machine,
        &shapes::DEFENDER_OFF,
        &[("Product Name", Text("Microsoft Defender Antivirus")), ("Product Version", Text("4.18.26090.5"))],
    );
    let mut now = start + 3 * SECOND;
    for service in ["MSSQLSERVER", "SQLSERVERAGENT", "SafeKeep Agent", "LabLink"] {
        run(scene, now, remote, &format!("{SYSTEM32}net.exe"), &format!("net stop \"{service}\" /y"));
        scene.service_state(now + 400_000, machine, service, "stopped");
        now += scene.dice.between(300_000, 900_000);
    }
    run(scene, now, remote, &format!("{SYSTEM32}taskkill.exe"), "taskkill /F /IM sqlservr.exe");
    now + SECOND
}

/// Shadow copies and the recovery of the system.
fn drop_copies(scene: &mut Scene<'_>, remote: &Process, start: Micros) -> Micros {
    let (image, command) = *scene.dice.pick(&[
        ("vssadmin.exe", "vssadmin.exe delete shadows /all /quiet"),
        ("wbem\\wmic.exe", "wmic.exe shadowcopy delete /nointeractive"),
        ("vssadmin.exe", "vssadmin resize shadowstorage /for=C: /on=C: /maxsize=401MB"),
    ]);
    run(scene, start, remote, &format!("{SYSTEM32}{image}"), command);
    let bcdedit = format!("{SYSTEM32}bcdedit.exe");
    run(scene, start + SECOND, remote, &bcdedit, "bcdedit /set {default} recoveryenabled No");
    run(
        scene,
        start + 2 * SECOND,
        remote,
        &bcdedit,
        "bcdedit /set {default} bootstatuspolicy ignoreallfailures",
    );
    start + 3 * SECOND
}

/// The files: first and last instant.
fn encrypt(scene: &mut Scene<'_>, attack: &Attack, remote: &Process, start: Micros) -> (Micros, Micros) {
    const FOLDERS: [&str; 12] = [
        "D:\\Departments\\2026",
        "D:\\Departments\\forms",
        "D:\\Data",
        "D:\\Data\\archive",
        "D:\\Database",
        "D:\\LabLink\\out",
        "D:\\Images\\2026",
        "D:\\CareRecord\\documents",
        "C:\\Users\\Public\\Documents",
        "C:\\inetpub\\wwwroot",
        "C:\\ProgramData\\SiteMonitor",
        "E:\\Exports",
    ];
    const EXTENSIONS: [&str; 10] = ["docx", "xlsx", "pdf", "dcm", "mdf", "ldf", "hl7", "jpg", "pst", "zip"];
    let tools = &attack.tools;
    scene.write_file(start, remote, &tools.encryptor);
    let command = format!("{} -path D:\\ -nomutex -pass {}", tools.encryptor, scene.dice.letters(16));
    let encryptor = scene.spawn(start + SECOND, remote, &tools.encryptor, &command);
    let first = start + 3 * SECOND;
    let mut now = first;
    for number in 0..scene.dice.between(170, 240) as usize {
        let folder = FOLDERS[number * FOLDERS.len() / 240];
        let name = format!("{folder}\\{}.{}", scene.dice.letters(8), scene.dice.pick(&EXTENSIONS));
        scene.write_file(now, &encryptor, &format!("{name}{}", tools.extension));
        if number % 3 == 0 {
            scene.delete_file(now + 3_000, &encryptor, &name);
        }
        if number % 12 == 0 {
            scene.write_file(now + 5_000, &encryptor, &format!("{folder}\\{}", tools.note));
        }
        now += scene.dice.between(60_000, 900_000);
    }
    for folder in ["C:", "D:", "C:\\Users\\Public\\Desktop", "D:\\Departments"] {
        scene.write_file(now, &encryptor, &format!("{folder}\\{}", tools.note));
        now += 20_000;
    }
    (first, now)
}

/// Their traces, with the system's own tool.
fn clear_logs(scene: &mut Scene<'_>, remote: &Process, logon: &Logon, start: Micros) {
    let (sid, user) = scene.who(&remote.logon);
    let machine = logon.machine;
    let domain = scene.world.short.as_str();
    let tool = format!("{SYSTEM32}wevtutil.exe");
    let now = start + scene.dice.between(2 * SECOND, MINUTE);
    run(scene, now, remote, &tool, "wevtutil.exe cl System");
    scene.log.windows(
        now + 500_000,
        machine,
        &shapes::LOG_CLEARED,
        &[
            ("SubjectUserName", Text(&user)),
            ("SubjectDomainName", Text(domain)),
            ("Channel", Text("System")),
            ("BackupPath", Text("")),
        ],
    );
    run(scene, now + SECOND, remote, &tool, "wevtutil.exe cl Security");
    scene.log.windows(
        now + SECOND + 500_000,
        machine,
        &shapes::SECURITY_CLEARED,
        &[
            ("SubjectUserSid", Text(&sid)),
            ("SubjectUserName", Text(&user)),
            ("SubjectDomainName", Text(domain)),
            ("SubjectLogonId", Number(remote.logon.id)),
        ],
    );
    scene.logoff(now + 4 * SECOND, logon);
}
