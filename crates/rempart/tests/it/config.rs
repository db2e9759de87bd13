//! Settings: one file, the environment and flags; every mistake said, no secret shown.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::{folder, rempart, root, text};

/// A folder with a file of that text.
fn file(name: &str, content: &str) -> PathBuf {
    let path = folder(name).join("rempart.toml");
    fs::write(&path, content).unwrap();
    path
}

/// The program without settings in its environment.
fn bare() -> Command {
    let mut command = rempart();
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("REMPART_")) {
        command.env_remove(name);
    }
    command
}

fn check(path: &Path, environment: &[(&str, &str)]) -> Output {
    bare().args(["config", "check", text(path)]).envs(environment.iter().copied()).output().unwrap()
}

fn shown(path: &Path, environment: &[(&str, &str)]) -> String {
    let output = check(path, environment);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_environment_comes_before_the_file_and_the_file_before_defaults() {
    let path = file(
        "config-order",
        "data = \"d\"\nhost = [\"a.example\", \"b.example\"]\nproxy = \"10.0.0.5\"\n[tls]\nself_signed = true\n",
    );
    let cases: [(&str, &str, &str); 6] = [
        ("", "", "listen = \"127.0.0.1:8787\" # default"),
        ("", "", "host = [\"a.example\", \"b.example\"] # line 2"),
        ("", "", "tls_self_signed = true # line 5"),
        ("REMPART_LISTEN", "0.0.0.0:443", "listen = \"0.0.0.0:443\" # environment"),
        ("REMPART_HOST", "c.example,d.example", "host = [\"c.example\", \"d.example\"] # environment"),
        ("REMPART_TLS_SELF_SIGNED", "false", "tls_self_signed = false # environment"),
    ];
    for (name, value, expected) in cases {
        let environment = [(name, value)];
        let printed = shown(&path, if name.is_empty() { &[] } else { &environment });
        assert!(printed.lines().any(|line| line == expected), "{expected} is not in:\n{printed}");
        let kept = path.with_file_name("printed.toml");
        fs::write(&kept, &printed).unwrap();
        assert_eq!(
            check(&kept, &[]).status.code(),
            Some(0),
            "what is printed is a configuration:\n{printed}"
        );
    }
}

#[test]
fn flags_come_before_the_environment_and_the_file_serves_every_command_on_the_data_folder() {
    let path = file("config-flags", "data = \"from-file\"\nplain_http = true\nlisten = \"nowhere\"\n");
    let place = path.parent().unwrap();
    let run = |args: &[&str], environment: &[(&str, &str)]| {
        let output = bare().current_dir(place).args(args).envs(environment.iter().copied()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let named = [("REMPART_CONFIG", text(&path))];
    let (code, said) = run(&["serve"], &named);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("rempart.toml:3: listen cannot be \"nowhere\""), "{said}");
    fs::write(&path, "data = \"from-file\"\nplain_http = true\n").unwrap();
    fs::write(place.join("password"), "a long password of a test\n").unwrap();
    let add = ["user", "add", "nurse-17", "--role", "viewer", "--password-file", "password"];
    for (more, environment, data) in [
        (&["--config", "rempart.toml"][..], None, "from-file"),
        (&["--config", "rempart.toml"], Some(("REMPART_DATA", "from-environment")), "from-environment"),
        (&["--data", "from-flag"], Some(("REMPART_DATA", "from-environment-too")), "from-flag"),
        (&[], Some(named[0]), "from-file-named"),
    ] {
        if data == "from-file-named" {
            fs::write(&path, "data = \"from-file-named\"\n").unwrap();
        }
        let args: Vec<&str> = add.iter().chain(more).copied().collect();
        let (code, said) = run(&args, environment.as_slice());
        assert_eq!(code, Some(0), "{said}");
        assert!(place.join(data).join("rempart.sqlite").is_file(), "{data} is not what was taken");
    }
    assert!(!place.join("from-environment-too").exists());
    // A flag takes back what the file says; what then excludes what is said at once, before anything is made.
    fs::write(&path, "data = \"never\"\nplain_http = true\n").unwrap();
    let (code, said) = run(&["serve", "--listen", "0.0.0.0:0", "--plain-http=false"], &named);
    assert_eq!((code, said.contains("0.0.0.0:0 is not loopback")), (Some(2), true), "{said}");
    let (code, said) = run(&["serve", "--tls-self-signed"], &named);
    assert_eq!((code, said.contains("tls_self_signed and plain_http exclude")), (Some(2), true), "{said}");
    assert!(!place.join("never").exists());
}

#[test]
fn each_mistake_is_said_in_two_sentences_with_its_line() {
    let cases = [
        ("lisen = \"127.0.0.1:1\"", "1: lisen is no setting. Did you mean listen?"),
        ("\n[server]\nlisten = \"127.0.0.1:1\"", "3: server.listen is no setting. Did you mean listen?"),
        ("tls-key = \"k\"", "1: tls-key is no setting. Did you mean tls_key?"),
        ("weather = \"fair\"", "1: weather is no setting. Take it out;"),
        (
            "listen = \"8787\"",
            "1: listen cannot be \"8787\": invalid socket address syntax. Write it as listen = \"127",
        ),
        ("listen = 8787", "1: listen cannot be \"a number\": that is another kind of value. Write it as"),
        ("host = [true]", "1: host cannot be \"true or false\""),
        ("plain_http = \"yes\"", "1: plain_http cannot be \"a text\""),
        (
            "proxy = [\"10.0.0.5\", \"proxy-1\"]",
            "1: proxy cannot be \"10.0.0.5, proxy-1\": invalid IP address",
        ),
        ("log = \"loud\"", "1: log cannot be \"loud\": it is no level of the log. Write it as log = "),
        ("log_format = \"xml\"", "1: log_format cannot be \"xml\": it is not one of text, json."),
        ("tls_key = \"k\"\n[tls]\nkey = \"l\"", "3: tls_key is set twice, first at "),
        ("listen = \"127.0.0.1:1\nx", "Compare with `rempart config example`."),
        ("tls_key = \"k\"", "tls_key is set and tls_certificate is not. Set both, or neither."),
        (
            "tls_self_signed = true\nplain_http = true",
            "tls_self_signed and plain_http exclude each other. Keep one",
        ),
        (
            "listen = \"0.0.0.0:443\"",
            "0.0.0.0:443 is not loopback, and nothing would protect what travels. Set ",
        ),
        ("tls_key = \"k\"\ntls_certificate = \"c\"", "tls_key: k is no file. Name a file in PEM."),
    ];
    for (number, (said, expected)) in cases.iter().enumerate() {
        let path = file(&format!("config-mistake-{number}"), &format!("{said}\ndata = \"d\"\n"));
        let output = check(&path, &[]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}: {error}");
        assert!(output.stdout.is_empty(), "{said}");
        assert!(error.contains(expected), "{expected} is not in: {error}");
    }
    let path = file("config-mistakes", "lisen = 1\nmetric = 2\ndata = 3\n");
    let error = String::from_utf8(check(&path, &[("REMPART_LISTN", "x")]).stderr).unwrap();
    assert!(error.contains("has 4 mistakes:"), "{error}");
    assert!(
        error.contains("the environment's REMPART_LISTN is no setting. Did you mean REMPART_LISTEN?"),
        "{error}"
    );
    let path = file("config-empty", "");
    let error = String::from_utf8(check(&path, &[]).stderr).unwrap();
    assert!(error.contains("data is not set"), "{error}");
    let error = String::from_utf8(check(Path::new("no/such.toml"), &[]).stderr).unwrap();
    assert!(error.contains("no/such.toml cannot be read"), "{error}");
}

#[test]
fn a_secret_is_never_shown() {
    let secret = "postgres://rempart:corridor-42@db.example/rempart";
    let path = file("config-secret", &format!("data = \"d\"\ndatabase = \"{secret}\"\n"));
    for environment in [&[][..], &[("REMPART_DATABASE", secret)]] {
        let printed = shown(&path, environment);
        assert!(printed.contains("database is set and not shown"), "{printed}");
        assert!(!printed.contains("corridor"), "{printed}");
    }
    let path = file("config-secret-list", &format!("data = \"d\"\ndatabase = [\"{secret}\"]\n"));
    let error = String::from_utf8(check(&path, &[]).stderr).unwrap();
    assert!(
        error.contains("database cannot be: that is another kind") && !error.contains("corridor"),
        "{error}"
    );
}

#[test]
fn the_packaged_file_is_the_example_and_gives_the_defaults() {
    let example = bare().args(["config", "example"]).output().unwrap();
    let example = String::from_utf8(example.stdout).unwrap();
    let packaged = fs::read_to_string(root().join("packaging/rempart.toml")).unwrap();
    assert!(packaged == example, "write `rempart config example` to packaging/rempart.toml");
    let default = shown(&file("config-default", "data = \"/var/lib/rempart\"\n"), &[]);
    let printed = shown(&root().join("packaging/rempart.toml"), &[]);
    let values = |text: &str| -> Vec<String> {
        text.lines().skip(1).map(|line| line.split(" # ").next().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(values(&printed), values(&default));
}
