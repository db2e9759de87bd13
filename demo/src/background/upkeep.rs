//! What Windows and its keepers write without being asked: settings, tasks, directory, databases,
//! orderly restarts.

use crate::evtx::Value::{Guid, Number, Text};
use crate::log::{MINUTE, SECOND};
use crate::rhythm::{NIGHT, OFFICE, Rhythm, STEADY, Span};
use crate::scene::Scene;
use crate::shapes;

pub(super) fn tell(scene: &mut Scene<'_>, span: Span) {
    let zone = &scene.world.zone;
    let steady = Rhythm::new(span, zone, STEADY);
    let (night, office) = (Rhythm::new(span, zone, NIGHT), Rhythm::new(span, zone, OFFICE));
    settings(scene, &steady);
    directory(scene, &office);
    databases(scene, &night);
    restarts(scene, &night);
    mistyped(scene, &office);
}

/// Windows switches its transfer service on and off, rewrites its own tasks, antivirus settings move.
fn settings(scene: &mut Scene<'_>, steady: &Rhythm) {
    let world = scene.world;
    for number in 0..400 {
        let time = steady.moment(&mut scene.dice);
        let server = *scene.dice.pick(&world.servers);
        let types =
            if number % 2 == 0 { ("demand start", "auto start") } else { ("auto start", "demand start") };
        scene.log.windows(
            time,
            server,
            &shapes::SERVICE_START_TYPE,
            &[
                ("param1", Text("Background Intelligent Transfer Service")),
                ("param2", Text(types.0)),
                ("param3", Text(types.1)),
                ("param4", Text("BITS")),
            ],
        );
        let system = scene.system(server);
        let (sid, user) = scene.who(&system);
        scene.log.windows(time + SECOND, server, &shapes::TASK_UPDATED, &[
            ("SubjectUserSid", Text(&sid)),
            ("SubjectUserName", Text(&user)),
            ("SubjectDomainName", Text(&world.short)),
            ("SubjectLogonId", Number(system.id)),
            ("TaskName", Text("\\Microsoft\\Windows\\UpdateOrchestrator\\Schedule Scan")),
            ("TaskContentNew", Text("<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<Task version=\"1.4\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\"><Actions Context=\"Author\"><Exec><Command>%systemroot%\\system32\\usoclient.exe</Command><Arguments>StartScan</Arguments></Exec></Actions></Task>")),
        ]);
        if number % 10 == 0 {
            scene.log.windows(time + 2 * SECOND, server, &shapes::DEFENDER_SETTING, &[
                ("Product Name", Text("Microsoft Defender Antivirus")),
                ("Product Version", Text("4.18.26090.5")),
                ("Old Value", Text("HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Signature Updates\\SignatureUpdateCount = 0x11")),
                ("New Value", Text("HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Signature Updates\\SignatureUpdateCount = 0x12")),
            ]);
        }
    }
}

/// Administrators correct telephone numbers and departments.
fn directory(scene: &mut Scene<'_>, office: &Rhythm) {
    let world = scene.world;
    for _ in 0..120 {
        let time = office.moment(&mut scene.dice);
        let admin = world.person(*scene.dice.pick(&world.admins));
        let controller = *scene.dice.pick(&world.controllers);
        let person = &world.person(*scene.dice.pick(&world.staff)).name;
        let object = format!("CN={person},OU=Staff,DC={}", world.domain.replace('.', ",DC="));
        let (operation, guid) = (scene.guid(), scene.guid());
        let value = format!("{}", scene.dice.between(2_000, 8_000));
        scene.log.windows(
            time,
            controller,
            &shapes::DIRECTORY_CHANGED,
            &[
                ("OpCorrelationID", Guid(operation)),
                ("SubjectUserSid", Text(&admin.sid)),
                ("SubjectUserName", Text(&admin.name)),
                ("SubjectDomainName", Text(&world.short)),
                ("SubjectLogonId", Number(0x9_c1f0)),
                ("DSName", Text(&world.domain)),
                ("DSType", Text("%%14676")),
                ("ObjectDN", Text(&object)),
                ("ObjectGUID", Guid(guid)),
                ("ObjectClass", Text("user")),
                ("AttributeLDAPDisplayName", Text("telephoneNumber")),
                ("AttributeSyntaxOID", Text("2.5.5.12")),
                ("AttributeValue", Text(&value)),
                ("OperationType", Text("%%14674")),
            ],
        );
    }
}

fn databases(scene: &mut Scene<'_>, night: &Rhythm) {
    let world = scene.world;
    for _ in 0..150 {
        let time = night.moment(&mut scene.dice);
        let server = *scene.dice.pick(&world.servers);
        let name = scene.dice.letters(6);
        let text = format!(
            "Log was backed up. Database: {name}, first LSN: 41:{}:1, device: E:\\Backups\\{name}.trn",
            scene.dice.below(90_000)
        );
        scene.log.windows(time, server, &shapes::DATABASE_BACKED_UP, &[("", Text(&text))]);
    }
}

/// Servers restarted in good order after patches.
fn restarts(scene: &mut Scene<'_>, night: &Rhythm) {
    let world = scene.world;
    for _ in 0..6 {
        let time = night.moment(&mut scene.dice);
        let server = *scene.dice.pick(&world.servers);
        let host = &world.machine(server).host;
        scene.log.windows(
            time,
            server,
            &shapes::SHUTDOWN_ASKED,
            &[
                ("param1", Text("C:\\Windows\\servicing\\TrustedInstaller.exe")),
                ("param2", Text(host)),
                ("param3", Text("Operating System: Upgrade (Planned)")),
                ("param4", Text("0x80020003")),
                ("param5", Text("restart")),
                ("param6", Text("")),
                ("param7", Text("NT AUTHORITY\\SYSTEM")),
            ],
        );
    }
}

/// Wrong passwords at the start of the day.
fn mistyped(scene: &mut Scene<'_>, office: &Rhythm) {
    let world = scene.world;
    for _ in 0..160 {
        let time = office.moment(&mut scene.dice);
        let person = world.person(*scene.dice.pick(&world.staff));
        let controller = *scene.dice.pick(&world.controllers);
        let from = format!("::ffff:{}", world.machine(person.station).ip);
        for number in 0..scene.dice.between(1, 3) {
            scene.log.windows(
                time + number * MINUTE / 6,
                controller,
                &shapes::PRE_AUTHENTICATION_FAILED,
                &[
                    ("TargetUserName", Text(&person.name)),
                    ("TargetSid", Text(&person.sid)),
                    ("ServiceName", Text("krbtgt")),
                    ("TicketOptions", Number(0x4081_0010)),
                    ("Status", Number(0x18)),
                    ("PreAuthType", Text("2")),
                    ("IpAddress", Text(&from)),
                    ("IpPort", Text("51544")),
                    ("CertIssuerName", Text("")),
                    ("CertSerialNumber", Text("")),
                    ("CertThumbprint", Text("")),
                ],
            );
        }
    }
}
