//! Somebody before a screen: goes, reads, clicks, types, waits for what the page will say.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{By, ChromiumLikeCapabilities, DesiredCapabilities, TypingData, WebDriver, WebElement};

use crate::house::{House, PASSWORD};

/// Longest wait for what a page is to show.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks.
const BLINK: Duration = Duration::from_millis(50);

/// What a page must not do: fail in a script, or ask for what its policy refuses. Kept from before its first line.
const WITNESS: &str = "
    window.faults = [];
    addEventListener('error', (event) => faults.push(String(event.message)));
    addEventListener('unhandledrejection', (event) => faults.push(String(event.reason)));
    document.addEventListener('securitypolicyviolation', (event) => faults.push(event.violatedDirective + ' ' + event.blockedURI));
";

/// How somebody's browser differs from a plain English one.
#[derive(Clone, Copy, Default)]
pub(crate) struct Manner {
    pub(crate) french: bool,
    pub(crate) no_script: bool,
}

pub(crate) struct Person {
    pub(crate) driver: WebDriver,
    pub(crate) url: String,
    profile: TempDir,
}

/// A test that failed leaves its browser; the driver that is killed leaves it too.
impl Drop for Person {
    fn drop(&mut self) {
        let profile = self.profile.path().display();
        let _ = Command::new("pkill").args(["-KILL", "-f", &format!("user-data-dir={profile}")]).status();
    }
}

impl Person {
    pub(crate) async fn new(house: &House) -> Person {
        Person::with(house, Manner::default()).await
    }

    pub(crate) async fn with(house: &House, manner: Manner) -> Person {
        let profile = tempfile::tempdir().unwrap();
        let mut wanted = DesiredCapabilities::chrome();
        let data = format!("--user-data-dir={}", profile.path().display());
        let language = if manner.french { "fr" } else { "en" };
        for argument in [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1280,900",
            &data,
        ] {
            wanted.add_arg(argument).unwrap();
        }
        let script = if manner.no_script { 2 } else { 1 };
        let preferences = json!({
            "intl.accept_languages": language,
            "profile.managed_default_content_settings.javascript": script,
        });
        wanted.add_experimental_option("prefs", preferences).unwrap();
        let driver = WebDriver::new(&house.driver_url, wanted).await.unwrap();
        let person = Person { driver, url: house.url.clone(), profile };
        if !manner.no_script {
            person.tell("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WITNESS })).await;
        }
        // A bar beside the page would be cut from pictures and taken for width.
        person.tell("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await;
        // As on a ward's computer: the hours that tests expect are the hospital's.
        person.tell("Emulation.setTimezoneOverride", json!({ "timezoneId": "Europe/Paris" })).await;
        person
    }

    /// Somebody signed in to the demonstration, on the night; it waits for the evidence to be read.
    pub(crate) async fn at_night(house: &House, manner: Manner) -> Person {
        let person = Person::with(house, manner).await;
        person.driver.goto(&house.link).await.unwrap();
        // The first page tells the console the reader's zone.
        person.driver.goto(format!("{}/", house.url)).await.unwrap();
        let began = Instant::now();
        while person.all("#tell li").await.is_empty() {
            assert!(began.elapsed() < Duration::from_secs(120), "the night was never read");
            tokio::time::sleep(Duration::from_millis(300)).await;
            person.driver.refresh().await.unwrap();
        }
        person
    }

    /// Types name and password.
    pub(crate) async fn sign_in(&self, name: &str) {
        self.go("/login").await;
        self.write("#name", name).await;
        self.write("#password", PASSWORD).await;
        self.click("main button.first").await;
    }

    /// A command of Chromium's own protocol.
    pub(crate) async fn tell(&self, method: &str, with: Value) -> Value {
        self.driver.cdp().send_raw(method, with).await.unwrap()
    }

    pub(crate) async fn go(&self, path: &str) {
        eprintln!("go to {path}");
        self.driver.goto(format!("{}{path}", self.url)).await.unwrap();
    }

    /// Path of the page, and what was asked of it.
    pub(crate) async fn path(&self) -> String {
        let url = self.driver.current_url().await.unwrap();
        url.as_str().trim_start_matches(&self.url).to_owned()
    }

    /// Path of the incident that is shown.
    pub(crate) async fn incident(&self) -> String {
        let path = self.path().await;
        let id = path.split('/').nth(2).unwrap_or_else(|| panic!("{path} is no incident"));
        format!("/incidents/{}", id.split(['?', '#']).next().unwrap())
    }

    pub(crate) async fn all(&self, css: &str) -> Vec<WebElement> {
        self.driver.find_all(By::Css(css)).await.unwrap()
    }

    /// The first of these that is shown.
    pub(crate) async fn find(&self, css: &str) -> WebElement {
        let began = Instant::now();
        loop {
            for one in self.all(css).await {
                if one.is_displayed().await.unwrap_or(false) {
                    return one;
                }
            }
            if began.elapsed() > PATIENCE {
                let text = self.text("body").await;
                panic!("{css} never showed on {}:\n{text}", self.path().await);
            }
            tokio::time::sleep(BLINK).await;
        }
    }

    pub(crate) async fn click(&self, css: &str) {
        eprintln!("click {css}");
        let one = self.find(css).await;
        one.scroll_into_view().await.unwrap();
        one.click().await.unwrap();
    }

    /// Empties a field, then types.
    pub(crate) async fn write(&self, css: &str, text: &str) {
        eprintln!("write {text} in {css}");
        let field = self.find(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Takes an option of a list by its value.
    pub(crate) async fn choose(&self, css: &str, value: &str) {
        self.find(css).await;
        self.click(&format!("{css} option[value=\"{value}\"]")).await;
    }

    /// Types into whatever has the focus.
    pub(crate) async fn press(&self, keys: impl Into<TypingData>) {
        self.driver.action_chain().send_keys(keys).perform().await.unwrap();
    }

    /// Drags one thing to another, which may show only once something is held.
    pub(crate) async fn drag(&self, from: &str, to: &str) {
        eprintln!("drag {from} to {to}");
        let held = self.find(from).await;
        held.scroll_into_view().await.unwrap();
        let hand = self.driver.action_chain();
        hand.move_to_element_center(&held).click_and_hold().move_by_offset(12, 12).perform().await.unwrap();
        let to = self.find(to).await;
        self.driver.action_chain().move_to_element_center(&to).release().perform().await.unwrap();
    }

    /// Text that is shown.
    pub(crate) async fn text(&self, css: &str) -> String {
        match self.driver.find(By::Css(css)).await {
            Ok(one) => one.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Waits until a part of the page says so, without loading it again.
    pub(crate) async fn sees(&self, css: &str, text: &str) -> Duration {
        let began = Instant::now();
        while !self.text(css).await.contains(text) {
            if began.elapsed() > PATIENCE {
                let said = self.text(css).await;
                panic!("{css} on {} never said “{text}”, but:\n{said}", self.path().await);
            }
            tokio::time::sleep(BLINK).await;
        }
        began.elapsed()
    }

    /// Waits until none of these is left.
    pub(crate) async fn sees_no(&self, css: &str) {
        let began = Instant::now();
        while !self.all(css).await.is_empty() {
            assert!(began.elapsed() < PATIENCE, "{css} never left {}", self.path().await);
            tokio::time::sleep(BLINK).await;
        }
    }

    /// Value of a script's expression.
    pub(crate) async fn value(&self, script: &str) -> Value {
        self.driver.execute(format!("return {script}"), Vec::new()).await.unwrap().json().clone()
    }

    /// Nothing on this page failed or was refused by its policy.
    pub(crate) async fn no_faults(&self) {
        let faults = self.value("window.faults ?? ['no witness']").await;
        assert_eq!(faults, json!([]), "on {}", self.path().await);
    }

    /// Writes what is on the screen where a person can look at it; the whole page, not the window alone.
    pub(crate) async fn picture(&self, name: &str) {
        let shot = self
            .tell(
                "Page.captureScreenshot",
                json!({ "format": "png", "captureBeyondViewport": true, "optimizeForSpeed": true }),
            )
            .await;
        let bytes = STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
        let folder = screens();
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), bytes).unwrap();
    }

    pub(crate) async fn leave(self) {
        self.driver.clone().quit().await.unwrap();
    }
}

/// `screens/` in the folder of what is built.
pub(crate) fn screens() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("screens")
}
