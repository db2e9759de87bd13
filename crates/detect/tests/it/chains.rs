//! Chains: signals in, stories and stances out, noise included.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use detect::{Chain, Keys, Level, Signal, Stance, Surroundings, chains};
use evidence::{Certainty, Origin};
use hospital::NodeId;

use crate::settings;

/// `minute rule level host tactic technique [key…]`, a key being `u:user`, `a:address`, `h:host`, `t:target`,
/// `p:process`, `g:program`, `l:logon`, `forged` for a sender that nobody proved, or `~` for an
/// uncertain time.
fn signal(place: usize, text: &str) -> Signal {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut keys = Keys::default();
    let (mut certainty, mut unproven) = (Certainty::Exact, false);
    for key in &words[6..] {
        match key.split_once(':') {
            Some(("u", it)) => keys.users.push(it.to_owned()),
            Some(("a", it)) => keys.addresses.push(it.parse().unwrap()),
            Some(("h", it)) => keys.hosts.push(it.to_owned()),
            Some(("t", it)) => keys.targets.push(it.to_owned()),
            Some(("p", it)) => keys.processes.push(it.to_owned()),
            Some(("g", it)) => keys.programs.push(it.to_owned()),
            Some(("l", it)) => keys.logons.push(it.to_owned()),
            None if *key == "forged" => unproven = true,
            _ => certainty = Certainty::Uncertain,
        }
    }
    Signal {
        rule: words[1].into(),
        title: words[1].into(),
        level: match words[2] {
            "info" => Level::Informational,
            "low" => Level::Low,
            "medium" => Level::Medium,
            "high" => Level::High,
            _ => Level::Critical,
        },
        time: words[0]
            .parse::<i64>()
            .ok()
            .map(|it| jiff::Timestamp::from_second(1_700_000_000 + it * 60).unwrap()),
        certainty,
        host: Some(words[3].to_owned()),
        asset: asset(words[3]),
        techniques: words[5].split(',').map(str::to_owned).collect(),
        tactics: words[4].split(',').map(str::to_owned).collect::<Arc<[String]>>(),
        observed: words[3] == "firewall",
        source: Origin { path: "x".into(), record: place as u64 },
        keys,
        unproven,
        dismissed: false,
    }
}

/// `srv-N` is the asset N; its address is 10.0.0.N.
fn asset(host: &str) -> Option<NodeId> {
    host.strip_prefix("srv-")?.parse().ok().map(NodeId)
}

fn address(address: IpAddr) -> Option<NodeId> {
    asset(&format!("srv-{}", address.to_string().strip_prefix("10.0.0.")?))
}

fn told(signals: &[Signal]) -> Vec<Chain> {
    let around = Surroundings { host: &asset, address: &address, ..Surroundings::unknown() };
    chains(&settings(), &around, || signals.iter().cloned().map(io::Result::Ok)).unwrap()
}

/// `signals | host=stance@minute …` of each chain.
fn shown(lines: &[&str]) -> Vec<String> {
    let signals: Vec<Signal> = lines.iter().enumerate().map(|(at, text)| signal(at, text)).collect();
    told(&signals)
        .iter()
        .map(|chain| {
            let places: Vec<String> = chain.signals.iter().map(u64::to_string).collect();
            let assets: Vec<String> = chain
                .assets
                .iter()
                .map(|it| {
                    let minute = it.since.map_or(-1, |it| (it.as_second() - 1_700_000_000) / 60);
                    let stance = match it.stance {
                        Stance::Suspected => "suspected",
                        Stance::Compromised => "compromised",
                        Stance::Lost => "lost",
                    };
                    assert_eq!(it.asset, asset(&it.host).or_else(|| address(it.host.parse().ok()?)));
                    format!("{}={stance}@{minute}", it.host)
                })
                .collect();
            format!("{} | {}", places.join(","), assets.join(" "))
        })
        .collect()
}

const DUMP: &str = "0 dump high ws1 credential-access T1003 u:nurse-17";
const RUN: &str = "5 run high ws1 execution T1059 u:nurse-17";

#[test]
fn what_joins() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("the same host", &[DUMP, RUN], &["0,1 | ws1=compromised@0"]),
        (
            "what anybody could have sent",
            &[
                "0 dump high ws1 credential-access T1003 u:nurse-17 forged",
                "5 run high ws1 execution T1059 u:nurse-17 forged",
            ],
            &["0,1 | ws1=suspected@0"],
        ),
        (
            "one of two that is proven",
            &["0 dump high ws1 credential-access T1003 u:nurse-17 forged", RUN],
            &["0,1 | ws1=compromised@5"],
        ),
        ("a loss", &["0 encrypt high srv-1 impact T1486"], &["0 | srv-1=lost@0"]),
        ("a loss that anybody could have told", &["0 encrypt high srv-1 impact T1486 forged"], &[]),
        ("one rule", &[DUMP, "5 dump high ws1 credential-access T1003 u:x"], &[]),
        ("one event, two rules", &["0 a high ws1 execution T1059", "x b low ws1 discovery T1033"], &[]),
        ("too far apart", &[DUMP, "600 run high ws1 execution T1059 u:nurse-17"], &[]),
        (
            "the same user elsewhere",
            &[DUMP, "200 run high ws2 execution T1059 u:nurse-17"],
            &["0,1 | ws1=compromised@0 ws2=compromised@200"],
        ),
        (
            "a well-known account elsewhere",
            &["0 dump high ws1 credential-access T1003 u:system", "1 run high ws2 execution T1059 u:system"],
            &[],
        ),
        (
            "a machine account elsewhere",
            &["0 dump high ws1 credential-access T1003 u:dc1$", "1 run high ws2 execution T1059 u:dc1$"],
            &[],
        ),
        (
            "an address",
            &[
                "0 spray medium gw credential-access T1110 a:203.0.113.9",
                "1 run high ws2 execution T1059 a:203.0.113.9",
            ],
            &["0,1 | ws2=compromised@1 gw=suspected@0"],
        ),
        (
            "an address that is an asset",
            &["0 dump high srv-7 credential-access T1003", "9 run high srv-8 execution T1021 a:10.0.0.7"],
            &["0,1 | srv-7=compromised@0 srv-8=compromised@9"],
        ),
        (
            "a named peer",
            &["0 dump high srv-7 credential-access T1003", "9 run high srv-8 execution T1021 h:srv-7"],
            &["0,1 | srv-7=compromised@0 srv-8=compromised@9"],
        ),
        (
            "a process",
            &["0 dump high ws1 credential-access T1003 p:{1}", "1000 run high ws1 execution T1059 p:{1}"],
            &["0,1 | ws1=compromised@0"],
        ),
        (
            "a program that is not everywhere",
            &[
                "0 crypt high srv-1 impact T1486 g:c:\\users\\public\\x.exe",
                "9 stop high srv-2 execution T1059 g:c:\\users\\public\\x.exe",
            ],
            &["0,1 | srv-1=lost@0 srv-2=compromised@9"],
        ),
        (
            "a program that is",
            &[
                "0 dump high ws1 credential-access T1003 g:c:\\windows\\system32\\cmd.exe",
                "9 run high ws2 execution T1059 g:c:\\windows\\system32\\cmd.exe",
            ],
            &[],
        ),
        (
            "somebody inside who takes data",
            &[
                "0 stranger medium ws1 collection T1213 u:clerk-3",
                "90 slow medium ws2 collection T1213 u:clerk-3",
                "99 stranger medium ws1 collection T1213 u:clerk-3 t:x",
            ],
            &["0,1,2 | ws1=suspected@0 ws2=suspected@90"],
        ),
        (
            "a logon",
            &["0 dump high ws1 credential-access T1003 l:ws1/9", "1000 run high ws1 execution T1059 l:ws1/9"],
            &["0,1 | ws1=compromised@0"],
        ),
        ("an uncertain time", &[DUMP, "700 run high ws1 execution T1059 ~"], &["0,1 | ws1=compromised@0"]),
        ("an unknown time", &[DUMP, "x run high ws1 execution T1059"], &[]),
        (
            "what a firewall saw is not about it",
            &["0 spray high firewall credential-access T1110", "1 run high firewall execution T1059"],
            &[],
        ),
        (
            "through a firewall by address",
            &[
                "0 dump high srv-7 credential-access T1003",
                "1 out high firewall exfiltration T1041 a:10.0.0.7",
            ],
            &["0,1 | srv-7=compromised@0"],
        ),
        (
            "low signals alone",
            &["0 a low ws1 execution T1059", "1 b low ws1 discovery T1033", "2 c low ws1 impact T1490"],
            &[],
        ),
        (
            "low signals are added, and join nothing",
            &[
                DUMP,
                "1 who low ws1 discovery T1033 u:other",
                RUN,
                "6 dump high ws9 credential-access T1003",
                "7 who low ws9 discovery T1033 u:other",
            ],
            &["0,1,2 | ws1=compromised@0"],
        ),
        (
            "a low one before",
            &[
                "0 who low ws1 discovery T1033",
                "1 dump high ws1 credential-access T1003",
                "5 run high ws1 execution T1059",
            ],
            &["0,1,2 | ws1=compromised@1"],
        ),
        ("two of medium level", &["0 a medium ws1 execution T1059", "1 b medium ws1 discovery T1033"], &[]),
        (
            "three of medium level",
            &[
                "0 a medium ws1 execution T1059",
                "1 b medium ws1 discovery T1033",
                "2 c medium ws1 persistence T1053",
            ],
            &["0,1,2 | ws1=suspected@0"],
        ),
        (
            "many tags are no spread",
            &[
                "0 a high ws1 execution,persistence,discovery T1053",
                "1 a high ws1 execution,persistence,discovery T1053",
            ],
            &[],
        ),
        ("a lost asset, of one signal", &["3 crypt critical srv-4 impact T1486"], &["0 | srv-4=lost@3"]),
        ("of unknown time too", &["x crypt critical srv-4 impact T1486"], &["0 | srv-4=lost@-1"]),
        ("not of low level", &["3 crypt medium srv-4 impact T1486"], &[]),
        ("journal cleaning is no wiping", &["3 usn high srv-4 impact,stealth T1070,T1485"], &[]),
        (
            "a shutdown is no loss",
            &[DUMP, RUN, "6 off high ws2 impact T1529 u:nurse-17"],
            &["0,1,2 | ws1=compromised@0"],
        ),
        (
            "recovery inhibited is no loss yet",
            &[DUMP, "6 shadow critical ws1 impact T1490"],
            &["0,1 | ws1=compromised@0"],
        ),
        (
            "the target of a lateral movement",
            &[DUMP, "5 psexec high ws1 lateral-movement T1021.002 t:srv-3 t:203.0.113.5"],
            &["0,1 | ws1=compromised@0 srv-3=suspected@5"],
        ),
        (
            "the worst stance, at its earliest",
            &[DUMP, RUN, "7 crypt high ws1 impact T1486", "9 crypt high ws1 impact T1486"],
            &["0,1,2,3 | ws1=lost@7"],
        ),
        (
            "two stories",
            &[
                DUMP,
                RUN,
                "9 dump high ws5 credential-access T1003",
                "9 run high ws5 execution T1059",
                "9 svc high ws5 persistence T1543",
            ],
            &["2,3,4 | ws5=compromised@9", "0,1 | ws1=compromised@0"],
        ),
        (
            "guessing is an attempt",
            &["0 spray high ws1 credential-access T1110", "1 phish high ws1 initial-access T1566"],
            &["0,1 | ws1=suspected@0"],
        ),
        (
            "tickets are asked by another",
            &[
                "0 roast high srv-1 credential-access T1558.003 a:10.0.0.7",
                "3 run high srv-7 execution T1059",
            ],
            &["0,1 | 10.0.0.7=compromised@0 srv-1=suspected@0"],
        ),
    ];
    for (name, signals, expected) in cases {
        assert_eq!(shown(signals), *expected, "{name}");
    }
}

#[test]
fn noise_does_not_join_an_attack() {
    // Every host has one noisy rule all day, a common account, and a scanner's address.
    let mut lines: Vec<String> = Vec::new();
    for hour in 0..24 {
        for host in 0..80 {
            lines.push(format!(
                "{} noisy medium ws{host} discovery T1046 u:svc-scan a:198.51.100.7",
                hour * 60
            ));
            lines.push(format!("{} other medium ws{host} execution T1059 u:svc-scan", hour * 60 + 1));
        }
    }
    lines.push("300 dump high ws3 credential-access T1003 u:nurse-17".to_owned());
    lines.push("305 run high ws3 execution T1021 u:nurse-17".to_owned());
    lines.push("1380 noisy medium ws3 discovery T1046 u:svc-scan a:198.51.100.7".to_owned());
    lines.sort_by_key(|it| it.split(' ').next().unwrap().parse::<i64>().unwrap());
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let signals: Vec<Signal> = lines.iter().enumerate().map(|(at, text)| signal(at, text)).collect();
    let all = told(&signals);
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].hosts, all[0].rules, all[0].entry.as_deref()), (1, 4, Some("ws3")));
    assert!(all[0].signals.len() < 8, "{:?}", all[0].signals);
    assert_eq!(all[0].tactics, ["execution", "credential-access", "discovery"]);
}

#[test]
fn a_wide_attack_is_one_chain() {
    let mut lines = vec!["0 vpn medium gw initial-access T1133 u:pharma-2 a:203.0.113.9".to_owned()];
    lines.push("10 dump high srv-1 credential-access T1003 u:pharma-2".to_owned());
    for host in 2..32 {
        lines.push(format!("{} service high srv-{host} lateral-movement T1021 a:10.0.0.1", 20 + host));
        lines.push(format!("{} shadow high srv-{host} impact T1490", 60 + host));
        lines.push(format!("{} crypt critical srv-{host} impact T1486", 61 + host));
    }
    lines.sort_by_key(|it| it.split(' ').next().unwrap().parse::<i64>().unwrap());
    let signals: Vec<Signal> = lines.iter().enumerate().map(|(at, text)| signal(at, text)).collect();
    let all = told(&signals);
    assert_eq!(all.len(), 1);
    let lost = all[0].assets.iter().filter(|it| it.stance == Stance::Lost).count();
    assert_eq!((lost, all[0].signals.len(), all[0].users.as_slice()), (30, 92, &["pharma-2".to_owned()][..]));
}

#[test]
fn a_storm_is_joined_in_bounded_time() {
    let signals: Vec<Signal> = (0..100_000)
        .map(|at| {
            signal(
                at,
                &format!(
                    "{} storm{} high ws{} {} T1059 u:user{} p:{{{at}}}",
                    at / 500,
                    at % 7,
                    at % 300,
                    ["execution", "stealth"][at % 2],
                    at % 1_000
                ),
            )
        })
        .collect();
    let start = std::time::Instant::now();
    let all = told(&signals);
    assert!(!all.is_empty());
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
