//! The classical problem: one final service that needs everything, so that care lost is the makespan.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use recover::Question;

use crate::{after, losses, map, planned};

/// Every so many instances of the set of 480.
const EVERY: usize = 24;

#[test]
fn makespans_are_close_to_the_best_known() {
    let root = std::env::var_os("REMPART_SAMPLES").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/samples")),
        PathBuf::from,
    );
    let folder = root.join("psplib");
    let Ok(known) = std::fs::read_to_string(folder.join("best-known.csv")) else {
        eprintln!("skipped: no psplib/best-known.csv among the samples");
        return;
    };
    let (mut count, mut excess) = (0, 0.0);
    for line in known.lines().filter(|line| line.starts_with("j30,")).step_by(EVERY) {
        let fields: Vec<&str> = line.split(',').collect();
        let member = format!("j30/{}.rcp", fields[1]);
        let read = Command::new("tar").arg("xOf").arg(folder.join("psplib-rcp.tar.xz")).arg(&member).output();
        let Some(output) = read.ok().filter(|output| output.status.success()) else {
            eprintln!("skipped: tar cannot read {member}");
            return;
        };
        let best: i64 = fields[4].parse().expect("a makespan");
        let makespan = makespan(&String::from_utf8_lossy(&output.stdout), 600);
        assert!(makespan.0 >= best && makespan.1 <= best, "{}: {makespan:?}, best {best}", fields[1]);
        excess += (makespan.0 - best) as f64 / best as f64;
        count += 1;
    }
    let average = 100.0 * excess / f64::from(count);
    println!("{count} instances of J30: {average:.2} % above the best known");
    assert!(average < 2.5, "{average:.2} % above the best known");
}

/// Makespan and bound of an instance in Patterson's format, by way of a map.
fn makespan(text: &str, evaluations: u32) -> (i64, i64) {
    let map = map(&as_map(text));
    let lost = losses(&map, &["project"]);
    let question = Question { end: after(100_000), evaluations, ..crate::question(&map, &lost) };
    let plan = planned(&question);
    let finish = plan.finish.expect("a finish").duration_since(crate::now()).as_secs();
    assert_eq!(plan.care_lost, 30 * finish);
    (finish, plan.bound / 30)
}

/// Jobs become steps of one server, resources teams, and the final service weighs one.
fn as_map(text: &str) -> String {
    let mut numbers = text.split_whitespace().map(|it| it.parse::<usize>().expect("a number"));
    let mut next = move || numbers.next().expect("one more number");
    let (jobs, resources) = (next(), next());
    let mut map = String::from(
        "[[site]]\nid = \"north\"\nname = \"North\"\n[[zone]]\nid = \"lan\"\nname = \"LAN\"\nsite = \"north\"\n\
         [[care_service]]\nid = \"final\"\nname = \"x\"\nsite = \"north\"\nweight = 1\nmtpd = \"0s\"\n\
         needs = [{ on = [\"project\"] }]\n",
    );
    for resource in 0..resources {
        let number = next();
        let _ = writeln!(map, "[[team]]\nid = \"t{resource}\"\nskill = \"r{resource}\"\nnumber = {number}");
    }
    let mut after = vec![Vec::new(); jobs + 1];
    let mut steps = Vec::new();
    for job in 1..=jobs {
        let duration = next();
        let people: Vec<(usize, usize)> =
            (0..resources).map(|it| (it, next())).filter(|it| it.1 > 0).collect();
        let people = people.iter().map(|(it, n)| format!("{{ skill = \"r{it}\", number = {n} }}"));
        steps.push((job, duration, people.collect::<Vec<_>>().join(", ")));
        for _ in 0..next() {
            after[next()].push(format!("\"j{job}\""));
        }
    }
    let rows = steps.iter().map(|(job, duration, people)| {
        let after = after[*job].join(", ");
        format!("{{ id = \"j{job}\", duration = \"{duration}s\", after = [{after}], people = [{people}] }}")
    });
    let restore = rows.collect::<Vec<_>>().join(",\n");
    let _ = writeln!(
        map,
        "[[asset]]\nid = \"project\"\nname = \"x\"\nkind = \"server\"\nsite = \"north\"\nzone = \"lan\"\nrestore = [{restore}]"
    );
    map
}
