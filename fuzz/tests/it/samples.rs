//! Small sound samples of everything that Rempart reads, made by code.

use std::io::Write;

use demo::evtx::{Body, Kind, Shape, Stamp, Value, Writer};

static LOGON: Shape = Shape {
    provider: "Microsoft-Windows-Security-Auditing",
    guid: Some("{54849625-5478-4994-A5BA-3E3B0328C30D}"),
    channel: "Security",
    id: 4_624,
    version: 2,
    level: 0,
    task: 12_544,
    opcode: 0,
    keywords: 0x8020_0000_0000_0000,
    body: Body::EventData,
    fields: &[
        ("TargetUserSid", Kind::Sid),
        ("TargetUserName", Kind::Text),
        ("TargetLogonId", Kind::Hex64),
        ("LogonType", Kind::U32),
        ("LogonGuid", Kind::Guid),
        ("When", Kind::Time),
    ],
};

static CLEARED: Shape = Shape {
    provider: "Microsoft-Windows-Eventlog",
    guid: None,
    channel: "Security",
    id: 1_102,
    version: 0,
    level: 4,
    task: 104,
    opcode: 0,
    keywords: 0x4020_0000_0000_0000,
    body: Body::UserData("LogFileCleared", "http://manifests.microsoft.com/win/2004/08/windows/eventlog"),
    fields: &[("SubjectUserName", Kind::Text)],
};

/// A Windows event log of so many records.
pub fn evtx(count: u64) -> Vec<u8> {
    let mut writer = Writer::starting_at(1);
    let stamp = Stamp {
        time: 1_795_572_840_000_000,
        computer: "srv-01.example",
        process: 628,
        thread: 7,
        user: None,
    };
    for number in 0..count {
        let name = format!("nurse-{number}");
        let values = [
            Value::Text("S-1-5-21-1-2-3-1105"),
            Value::Text(&name),
            Value::Number(number),
            Value::Number(3),
            Value::Guid(7),
            Value::Number(1_795_572_840_000_000),
        ];
        writer.record(&LOGON, &stamp, &values);
    }
    writer.record(&CLEARED, &stamp, &[Value::Text("adm-03")]);
    writer.finish()
}

/// Texts as bytes.
pub fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

pub const SYSLOG: &[&str] = &[
    "Nov 21 02:10:00 srv-web-01 sshd[7]: Failed password for root from 192.0.2.7 port 22 ssh2\n\
     <38>Nov  1 02:10:01 srv-web-01 sudo: nurse-1 : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/id\n",
    "<134>1 2026-11-21T02:10:00.123+01:00 vpn-01 gateway 811 LOGIN [user@32473 name=\"nurse-1\" ip=\"192.0.2.7\"] ok\n\
     <134>1 - - - - - -\n",
    "<134>Nov 21 02:10:00 fw-01 filter: action=deny src=192.0.2.7 dst=198.51.100.2 dpt=445 msg=\"a b\"\n",
];

pub const ACCESS: &[&str] = &[
    "192.0.2.1 - - [25/Nov/2026:02:14:00 +0000] \"GET /a?b=c HTTP/1.1\" 404 5 \"-\" \"curl\"\n\
     www.example 192.0.2.1 - nurse-1 [25/Nov/2026:02:14:01 +0100] \"POST /login HTTP/1.1\" 200 51 \"-\" \"x\"\n",
    "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n\
     #Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip sc-status\n\
     2026-11-25 02:14:00 192.0.2.9 GET /a b=c 443 - 192.0.2.1 200\n",
];

pub const CSV: &[&str] = &[
    "time,host,user,What\n2026-11-25T02:14:00Z,srv-01,nurse-1,\"a, \"\"b\"\"\nc\"\n1795572840,srv-02,,x\n",
    "time;host;user\n2026-11-25 02:14:00;srv-01;nurse-1\n",
];

pub const JSON: &[&str] = &[
    "{\"@timestamp\":\"2026-11-25T02:14:00Z\",\"event\":{\"code\":\"4624\"},\"host\":{\"name\":\"srv-01\"},\
     \"winlog\":{\"channel\":\"Security\",\"event_data\":{\"LogonType\":\"3\",\"List\":[1,2.5,null,true]}}}\n",
    "[{\"EventID\":4624,\"Channel\":\"Security\",\"EventTime\":\"2026-11-25 02:14:00\",\"Hostname\":\"srv-01\"},\
     {\"Event\":{\"System\":{\"EventID\":{\"#text\":1},\"Channel\":\"x\",\"Computer\":\"srv-01\",\
     \"TimeCreated\":{\"#attributes\":{\"SystemTime\":\"2026-11-25T02:14:00Z\"}}},\"EventData\":{\"a\":\"b\"}}}]",
    "{\"ts\":1795572840.5,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.1\",\"id.resp_h\":\"192.0.2.2\",\"id.resp_p\":104}\n\
     {\"timestamp\":\"2026-11-25T02:14:00.000000+0000\",\"event_type\":\"alert\",\"src_ip\":\"192.0.2.1\",\
     \"alert\":{\"signature\":\"x\"}}\n",
];

pub const XML: &[&str] = &[
    "<?xml version=\"1.0\"?><Events><Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System>\
     <Provider Name=\"Service Control Manager\"/><EventID>7045</EventID><TimeCreated SystemTime=\"2026-11-25T02:14:00Z\"/>\
     <EventRecordID>9</EventRecordID><Channel>System</Channel><Computer>srv-01</Computer></System>\
     <EventData><Data Name=\"ServiceName\">a &amp; b</Data><Data>c</Data></EventData></Event></Events>",
];

/// A log packed in every way that is unpacked.
pub fn archives() -> Vec<Vec<u8>> {
    let log = SYSLOG[0].as_bytes();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let packed = zip::write::SimpleFileOptions::default();
    zip.start_file("logs/auth.log", packed).unwrap();
    zip.write_all(log).unwrap();
    zip.start_file("logs/Security.evtx", packed).unwrap();
    zip.write_all(&evtx(2)).unwrap();
    let zip = zip.finish().unwrap().into_inner();
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in [("auth.log", log), ("inner.zip", &zip)] {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        header.set_cksum();
        tar.append_data(&mut header, name, bytes).unwrap();
    }
    let tar = tar.into_inner().unwrap();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(&tar).unwrap();
    let gz = gz.finish().unwrap();
    let zst = zstd::encode_all(log, 1).unwrap();
    vec![zip, tar, gz, zst]
}

pub const TEAMS: &str =
    "team = [{ id = \"t\", skill = \"windows\", number = 2, from = \"08:00\", until = \"18:00\" }]\n";

pub const MAP: &str = r#"
[hospital]
name = "Group"
time_zone = "Europe/Paris"
spread = "1h"
[[site]]
id = "north"
name = "North"
[[zone]]
id = "servers"
name = "Servers"
site = "north"
[[zone]]
id = "users"
name = "Users"
site = "north"
[[flow]]
id = "f-1"
from = "users"
to = "servers"
services = ["tcp/443"]
[[asset]]
id = "srv-a"
name = "A"
kind = "server"
site = "north"
zone = "servers"
hosts = ["SRV-A"]
ips = ["192.0.2.1", "2001:db8::1"]
restore = [{ id = "a.os", duration = ["1h", "2h", "5h"], skill = "windows", people = 1 }]
[[care_service]]
id = "imaging"
name = "Imaging"
site = "north"
weight = 60
mtpd = "4h"
needs = [{ on = ["srv-a"], at_least = 1, effect = "stops", grace = "20min", via = { "srv-a" = "f-1" } }]
[[lever]]
id = "l-1"
label = "Pull"
isolates = ["srv-a"]
closes = ["f-1"]
minutes = 5
"#;

pub const ASSETS: &str = "id,name,kind,site,zone,hosts,ips,macs,aliases,os,vendor\n\
     srv-a,\"A, the first\",server,north,servers,SRV-A;srv-a.example,192.0.2.1;2001:db8::1,02:1c:40:01:25:62,,Windows,\n\
     acc-b,B,account,north,,,,,svc-b,,\n";

/// The rules that ship, a few of every folder's.
pub fn rules() -> Vec<Vec<u8>> {
    let content = content::Content::embedded();
    let files: Vec<_> = content.under("rules/").filter(|(path, _)| path.ends_with(".yml")).collect();
    files.iter().step_by(10).map(|(_, bytes)| bytes.to_vec()).collect()
}
