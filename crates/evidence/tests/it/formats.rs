//! One record of each format, with what is made of it.

use evidence::Options;

use crate::told;

#[test]
fn formats() {
    let options = Options { reference: Some("2026-11-22T00:00:00Z".parse().unwrap()), ..Options::default() };
    for text in [
        r##"{"EventID":4624,"Channel":"Security","Hostname":"srv-01","@timestamp":"2026-11-21T02:10:00Z","TargetUserName":"nurse","LogonType":"3"}"##,
        r##"{"@timestamp":"2026-11-21T02:10:00Z","winlog":{"event_id":1,"channel":"Microsoft-Windows-Sysmon/Operational","computer_name":"srv-01","provider_name":"Microsoft-Windows-Sysmon","record_id":7,"event_data":{"CommandLine":"cmd /c","User":"H\\nurse"}},"host":{"name":"srv-01"}}"##,
        r##"{"Event":{"System":{"EventID":{"#text":4688},"Channel":"Security","Computer":"srv-01","TimeCreated":{"#attributes":{"SystemTime":"2026-11-21T02:10:00Z"}},"EventRecordID":9},"EventData":{"NewProcessName":"a.exe"}}}"##,
        "192.0.2.7 - - [21/Nov/2026:02:10:00 +0100] \"GET /a?b=1 HTTP/1.1\" 200 12 \"-\" \"curl/8\"",
        "Nov 21 02:10:00 srv-web sshd[7]: Failed password for invalid user bob from 192.0.2.7 port 22 ssh2",
        "<165>1 2026-11-21T02:10:00Z fw-01 vpn 12 LOGIN [x@1 user=\"bob\"] hello src=192.0.2.7",
    ] {
        println!("{}\n", told("log", text.as_bytes(), &options));
    }
}
