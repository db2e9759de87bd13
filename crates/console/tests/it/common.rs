//! A console on a free port with a folder of its own, and browsers without a screen to talk to it. Its tables are in that
//! folder, in SQLite; with `REMPART_TEST_DATABASE=postgres`, in a PostgreSQL of this run.
#![allow(dead_code, reason = "each test uses its own part")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use assess::{Lang, Words};
use console::{Accounts, Config, Copies, Demonstration, Rooms, Server, Tls};
use content::Content;
use detect::{Engine, Rules, Settings};
use govern::Obligations;
use jiff::tz::TimeZone;
use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect};
use serde_json::Value;
use store::{Store, sqlite_url};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::postgres;

/// A console that runs until it is dropped.
pub struct House {
    pub url: String,
    pub lines: Vec<String>,
    pub metrics: Option<SocketAddr>,
    pub folder: Arc<TempDir>,
    pub database: Option<String>,
    stop: Option<oneshot::Sender<()>>,
    ended: Option<JoinHandle<()>>,
}

/// Everything as shipped, but for the rules: those of `rules/` are many; a test that needs them says so.
pub fn rooms(with_rules: bool) -> Rooms {
    let content = Content::embedded();
    let files: Vec<(String, Vec<u8>)> = content
        .under("rules/")
        .filter(|_| with_rules)
        .map(|(path, bytes)| (path.to_owned(), bytes.to_vec()))
        .collect();
    let rules = Rules::load(files.iter().map(|(path, bytes)| (path, bytes)));
    let engine = Engine::new(rules, Settings::read(|path| content.file(path)).unwrap());
    let words = |lang| Words::load(&content, lang, TimeZone::UTC).unwrap();
    Rooms {
        refused: Vec::new(),
        notes: engine.facts().filter_map(|rule| Some((rule.id.to_string(), rule.note.clone()?))).collect(),
        engine,
        obligations: Obligations::load(content.under("obligations/")).unwrap(),
        en: words(Lang::En),
        fr: words(Lang::Fr),
        content,
    }
}

/// Where the tables of a folder are; nothing for SQLite in the folder itself.
fn database(folder: &TempDir) -> Option<String> {
    if std::env::var("REMPART_TEST_DATABASE").ok()?.as_str() != "postgres" {
        return None;
    }
    let cluster = postgres::shared().expect("REMPART_TEST_DATABASE=postgres takes a PostgreSQL");
    // The same folder again is the same database again.
    let name = folder.path().file_name().unwrap().as_encoded_bytes();
    Some(cluster.database(&name.iter().fold("test_".to_owned(), |name, byte| name + &format!("{byte:02x}"))))
}

pub fn config(folder: &TempDir) -> Config {
    Config {
        data: folder.path().join("data"),
        listen: "127.0.0.1:0".parse().unwrap(),
        database: database(folder),
        metrics: None,
        intake: console::Intake::default(),
        hosts: Vec::new(),
        tls: Tls::Plain { behind_proxy: false },
        proxies: Vec::new(),
        trust: None,
        watch: None,
        retention: console::Retention::default(),
        copies: Copies::default(),
        demonstration: None,
    }
}

impl House {
    /// An empty console.
    pub async fn empty() -> House {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        House::of(config(&folder), rooms(false), folder).await
    }

    /// The demonstration's map, and no evidence.
    pub async fn demonstration() -> House {
        House::demonstrating(|_| {}).await
    }

    /// The same, run in another way.
    pub async fn demonstrating(change: impl FnOnce(&mut Config)) -> House {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let (map, evidence) = (folder.path().join("map"), folder.path().join("evidence"));
        std::fs::create_dir_all(&map).unwrap();
        std::fs::create_dir_all(&evidence).unwrap();
        for file in demo::map_files() {
            std::fs::write(map.join(&file.name), &file.bytes).unwrap();
        }
        let mut config = config(&folder);
        config.demonstration = Some(Demonstration {
            map,
            evidence,
            title: "a night".to_owned(),
            remark: "a group".to_owned(),
            end: "2026-11-22T03:10:00Z".parse().unwrap(),
            replay: None,
        });
        change(&mut config);
        House::of(config, rooms(false), folder).await
    }

    pub async fn of(config: Config, rooms: Rooms, folder: Arc<TempDir>) -> House {
        let database = config.database.clone();
        let server = Server::open(config, rooms).await.unwrap();
        let (url, lines) = (server.url().to_owned(), server.announcements.clone());
        let metrics = server.metrics();
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, listening) = oneshot::channel::<()>();
        let ended = tokio::spawn(async move {
            let stop = async {
                let _ = stopped.await;
            };
            let ready = move || {
                let _ = ready.send(());
            };
            server.run(stop, ready).await.unwrap();
        });
        listening.await.unwrap();
        House { url, lines, metrics, folder, database, stop: Some(stop), ended: Some(ended) }
    }

    /// Ends it as a service manager would; its folder stays.
    pub async fn end(mut self) -> Arc<TempDir> {
        let _ = self.stop.take().unwrap().send(());
        self.ended.take().unwrap().await.unwrap();
        self.folder.clone()
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Its accounts, from the command line's side.
    pub async fn accounts(&self) -> Accounts {
        Accounts::open(&self.data(), self.database.as_deref()).await.unwrap()
    }

    /// Its store, from beside.
    pub async fn store(&self) -> Store {
        let url = self.database.clone().unwrap_or_else(|| sqlite_url(&self.data()));
        Store::open_beside(&url).await.unwrap()
    }

    /// Adds an account from the command line's side.
    pub async fn account(&self, name: &str, role: &str, site: Option<&str>) {
        let accounts = self.accounts().await;
        accounts.add(name, role, site, PASSWORD).await.unwrap();
    }

    /// A token from the command line's side.
    pub async fn token(&self, name: &str, scopes: &[&str]) -> String {
        let accounts = self.accounts().await;
        let scopes: Vec<String> = scopes.iter().map(|it| (*it).to_owned()).collect();
        accounts.token(name, &scopes, &[], None, "1d").await.unwrap()
    }

    /// How many changes were made so far.
    pub async fn changes(&self) -> i64 {
        self.store().await.audit_head().await.unwrap()
    }

    /// A browser that is nobody yet.
    pub fn stranger(&self) -> Guest {
        let client = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        Guest { client, url: self.url.clone(), cookies: String::new(), bearer: None }
    }

    /// A browser signed in by name and password.
    pub async fn person(&self, name: &str) -> Guest {
        let mut guest = self.stranger();
        let form = [("name", name), ("password", PASSWORD), ("next", "/")];
        let response = guest.client.post(format!("{}/login", self.url)).form(&form).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{name} cannot come in");
        guest.keep(&response);
        guest
    }

    /// The demonstration's browser.
    pub async fn visitor(&self) -> Guest {
        let link = self.lines.iter().find_map(|line| line.strip_prefix("sign in: ")).unwrap();
        let mut guest = self.stranger();
        let response = guest.client.get(link).send().await.unwrap();
        guest.keep(&response);
        guest
    }

    /// A program with a token.
    pub fn program(&self, token: &str) -> Guest {
        Guest { bearer: Some(token.to_owned()), ..self.stranger() }
    }
}

/// The demonstration with one who leads by a program, and the id of its night.
pub async fn night() -> (House, Guest, String) {
    let house = House::demonstration().await;
    house.account("lead-1", "incident-commander", None).await;
    let lead = house.program(&house.token("lead-1", &["read", "write"]).await);
    let id = lead.json("/api/v1/incidents").await[0]["id"].as_str().unwrap().to_owned();
    (house, lead, id)
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

pub const PASSWORD: &str = "seven green corridors at dawn";

/// One who comes with cookies or a token; no script runs.
#[derive(Clone)]
pub struct Guest {
    pub client: Client,
    pub url: String,
    pub cookies: String,
    pub bearer: Option<String>,
}

impl Guest {
    pub fn keep(&mut self, response: &Response) {
        let set = response.headers().get_all("set-cookie").iter().filter_map(|it| it.to_str().ok());
        let pairs: Vec<&str> = set.filter_map(|line| line.split(';').next()).collect();
        self.cookies = pairs.join("; ");
    }

    pub fn with(&self, request: RequestBuilder) -> RequestBuilder {
        let request = match &self.bearer {
            Some(bearer) => request.bearer_auth(bearer),
            None => request,
        };
        if self.cookies.is_empty() { request } else { request.header("cookie", &self.cookies) }
    }

    pub async fn get(&self, path: &str) -> Response {
        self.with(self.client.get(format!("{}{path}", self.url))).send().await.unwrap()
    }

    pub async fn page(&self, path: &str) -> String {
        let response = self.get(path).await;
        let status = response.status();
        let text = response.text().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{path}: {text}");
        text
    }

    pub async fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.page(path).await).unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let request = self.client.post(format!("{}{path}", self.url));
        let request = request.header("content-type", "application/json").body(body.to_string());
        let response = self.with(request).send().await.unwrap();
        let status = response.status();
        (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
    }

    /// Sends the first form of a page whose action ends so, as a browser without scripts would.
    pub async fn submit(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> Response {
        let html = self.page(page).await;
        let form = html
            .split("<form")
            .skip(1)
            .find(|form| form.split('>').next().is_some_and(|head| head.contains(&format!("{action}\""))));
        let form = form.unwrap_or_else(|| panic!("{page} has no form to {action}"));
        let form = form.split("</form>").next().unwrap();
        let path = attribute(form, "action").unwrap();
        let mut all: Vec<(String, String)> = form
            .split("<input")
            .skip(1)
            .filter(|input| input.contains("type=\"hidden\""))
            .filter_map(|input| {
                Some((attribute(input, "name")?, attribute(input, "value").unwrap_or_default()))
            })
            .collect();
        for (name, value) in fields {
            all.retain(|(known, _)| known != name);
            all.push(((*name).to_owned(), (*value).to_owned()));
        }
        self.with(self.client.post(format!("{}{path}", self.url))).form(&all).send().await.unwrap()
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let tag = tag.split('>').next()?;
    let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
    Some(value.replace("&amp;", "&").replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">"))
}
