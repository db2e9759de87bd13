//! A night that unfolds in the console: the same command goes on with it, another begins anew.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{folder, rempart, text};

/// A demonstration that is served; killed when dropped.
struct Unfolding(Child);

impl Unfolding {
    /// Starts it; what it says on standard error goes to a file.
    fn start(out: &Path, seed: &str, said: &Path) -> Unfolding {
        let child = rempart()
            .args(["demo", "--night", "quiet", "--seed", seed, "--replay", "60", "--listen", "127.0.0.1:0"])
            .args(["--out", text(out)])
            .stdout(Stdio::piped())
            .stderr(fs::File::create(said).unwrap())
            .spawn();
        Unfolding(child.unwrap())
    }

    /// Waits until somebody can sign in.
    fn listens(&mut self) {
        let lines = BufReader::new(self.0.stdout.take().unwrap()).lines();
        let signs_in = lines.map_while(Result::ok).any(|line| line.starts_with("sign in: http://"));
        assert!(signs_in, "it ends before it listens");
    }

    /// Ends it as a service manager would.
    fn end(mut self) {
        let kill = Command::new("sh").args(["-c", "kill -TERM \"$0\"", &self.0.id().to_string()]).status();
        assert!(kill.unwrap().success() && self.0.wait().unwrap().success());
    }
}

impl Drop for Unfolding {
    fn drop(&mut self) {
        // It has ended already where all went well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_same_demonstration_goes_on_where_it_stood_and_another_begins_anew() {
    let place = folder("replays");
    let (out, said) = (place.join("demo"), place.join("said"));
    let told = || fs::read_to_string(&said).unwrap();
    let mut first = Unfolding::start(&out, "1", &said);
    first.listens();
    assert!(!told().contains("goes on"), "{}", told());
    first.end();
    let map = fs::metadata(out.join("map/hospital.toml")).unwrap().modified().unwrap();
    let mut again = Unfolding::start(&out, "1", &said);
    again.listens();
    assert!(told().contains("The night goes on where it stood."), "{}", told());
    assert_eq!(
        fs::metadata(out.join("map/hospital.toml")).unwrap().modified().unwrap(),
        map,
        "nothing is made again"
    );
    again.end();
    let _other = Unfolding::start(&out, "2", &said);
    let end = Instant::now() + Duration::from_secs(60);
    while !told().contains("is made from seed 2") {
        assert!(Instant::now() < end, "{}", told());
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(!told().contains("goes on"), "another night begins anew: {}", told());
}
