//! The EVTX writer against the `evtx` crate.

use demo::evtx::{Body, Kind, Shape, Stamp, Value, Writer};

static SHAPE: Shape = Shape {
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
        ("Status", Kind::Hex32),
        ("IpPort", Kind::U16),
        ("Tiny", Kind::U8),
        ("Large", Kind::U64),
        ("When", Kind::Time),
        ("Missing", Kind::Text),
    ],
};

static CLEARED: Shape = Shape {
    provider: "Microsoft-Windows-Eventlog",
    guid: Some("{FC65DDD8-D6EF-4962-83D5-6E5CFE9CE148}"),
    channel: "Security",
    id: 1_102,
    version: 0,
    level: 4,
    task: 104,
    opcode: 0,
    keywords: 0x4020_0000_0000_0000,
    body: Body::UserData("LogFileCleared", "http://manifests.microsoft.com/win/2004/08/windows/eventlog"),
    fields: &[("SubjectUserSid", Kind::Sid), ("SubjectUserName", Kind::Text)],
};

#[test]
fn what_was_written_is_read_again() {
    let mut writer = Writer::starting_at(1);
    let stamp = Stamp {
        time: 1_764_000_000_123_456,
        computer: "srv-ad-01.example",
        process: 628,
        thread: 700,
        user: None,
    };
    let count: u64 = 1_500;
    for number in 0..count {
        if number % 100 == 7 {
            let values = [Value::Text("S-1-5-18"), Value::Text("adm-03")];
            writer.record(&CLEARED, &Stamp { user: Some("S-1-5-18"), ..stamp }, &values);
            continue;
        }
        let name = format!("nurse-{number}-é🏥{}", "x".repeat((number % 300) as usize));
        let values = [
            Value::Text("S-1-5-21-1-2-4294967295-1105"),
            Value::Text(&name),
            Value::Number(0x3_e7_00 + number),
            Value::Number(3),
            Value::Guid(0x0011_2233_4455_6677_8899_aabb_ccdd_eeff),
            Value::Number(0xc000_006a),
            Value::Number(50_000),
            Value::Number(200),
            Value::Number(u64::MAX),
            Value::Number(1_764_000_000_000_000),
        ];
        writer.record(&SHAPE, &stamp, &values);
    }
    let bytes = writer.finish();
    if let Ok(path) = std::env::var("REMPART_KEEP_EVTX") {
        std::fs::write(path, &bytes).unwrap();
    }
    let settings = evtx::ParserSettings::new().validate_checksums(true).num_threads(1);
    let mut parser = evtx::EvtxParser::from_buffer(bytes).unwrap().with_configuration(settings);
    let records: Vec<_> = parser.records_json_value().map(|it| it.unwrap()).collect();
    assert_eq!(records.len() as u64, count);
    for (number, record) in records.iter().enumerate() {
        assert_eq!(record.event_record_id, number as u64 + 1);
        let event = &record.data["Event"];
        let system = &event["System"];
        assert_eq!(system["Computer"], "srv-ad-01.example");
        if number % 100 == 7 {
            assert_eq!(system["EventID"], 1_102);
            assert_eq!(system["Security"]["#attributes"]["UserID"], "S-1-5-18");
            assert_eq!(event["UserData"]["LogFileCleared"]["SubjectUserName"], "adm-03");
            continue;
        }
        let data = &event["EventData"];
        assert_eq!(system["EventID"], 4_624);
        assert_eq!(system["Channel"], "Security");
        assert_eq!(system["Provider"]["#attributes"]["Guid"], SHAPE.guid.unwrap());
        assert_eq!(data["TargetUserSid"], "S-1-5-21-1-2-4294967295-1105");
        assert_eq!(data["TargetUserName"], format!("nurse-{number}-é🏥{}", "x".repeat(number % 300)));
        assert_eq!(data["LogonType"], 3);
        assert_eq!(data["LogonGuid"], "{00112233-4455-6677-8899-aabbccddeeff}");
        assert_eq!(data["TargetLogonId"], format!("{:#x}", 0x3_e7_00 + number));
        assert_eq!(data["Status"], "0xc000006a");
        assert_eq!(data["IpPort"], 50_000);
        assert_eq!(data["Tiny"], 200);
        assert_eq!(data["Large"], u64::MAX);
        assert!(data["When"].as_str().unwrap().starts_with("2025-11-24T16:00:00"));
    }
}
