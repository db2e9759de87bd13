//! A walk through every operation of the API, in the order in which a night needs them.
//!
//! With [`Walk::poison`] each field of text that the description names is filled with a stored script, where the room
//! takes it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::common::{Guest, House};
use crate::contract::{Answer, Call, Contract, answer, ask};
use crate::evidence;
use crate::forms::{between, contact, multipart, multipart_of, png, step};
use crate::people::{code, from_base32};

/// What a browser would run if a page did not escape it.
pub const SCRIPT: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";

pub struct Walk {
    pub house: House,
    pub contract: Contract,
    pub lead: Guest,
    pub admin: Guest,
    pub visitor: Guest,
    pub id: String,
    /// Fills text fields with a script.
    pub poison: bool,
    /// How many fields took it.
    pub taken: usize,
}

impl Walk {
    pub async fn begin(poison: bool) -> Walk {
        let house = evidence::house(&evidence::log(), None).await;
        house.account("lead-1", "incident-commander", None).await;
        house.account("admin-1", "site-administrator", None).await;
        let (lead, admin) = (house.person("lead-1").await, house.person("admin-1").await);
        let (contract, visitor) = (Contract::of(&house).await, house.visitor().await);
        let id = lead.json("/api/v1/incidents").await[0]["id"].as_str().unwrap().to_owned();
        Walk { house, contract, lead, admin, visitor, id, poison, taken: 0 }
    }

    /// Reads and holds the answer against the description.
    pub async fn read(&mut self, guest: &Guest, path: &str, names: &[(&str, &str)], query: &str) -> Value {
        let call = Call { query, ..Call::get(path, names) };
        let answer = self.contract.send(guest, &call, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer.json()
    }

    /// Writes; a good answer is wanted.
    pub async fn write(&mut self, guest: &Guest, path: &str, names: &[(&str, &str)], body: Value) -> Value {
        let call = Call::post(path, names);
        let answer = match self.poison {
            true => self.poisoned(guest, &call, &body).await,
            false => self.contract.send(guest, &call, Some(&body)).await,
        };
        assert!(answer.status.is_success(), "{path} {body}: {} {}", answer.status, answer.text);
        answer.json()
    }

    /// Sends the body with a script in every field of text; where that is refused, in all but those that refuse it.
    async fn poisoned(&mut self, guest: &Guest, call: &Call<'_>, body: &Value) -> Answer {
        let schema = &self.contract.described(call)["requestBody"]["content"]["application/json"]["schema"];
        let fields = self.contract.follow(schema)["properties"].as_object().cloned().unwrap_or_default();
        let is_text = |it: &Value| {
            let kind = &it["type"];
            let text = kind == "string" || kind.as_array().is_some_and(|all| all.contains(&json!("string")));
            text && it["format"].is_null() && it["enum"].is_null()
        };
        let mut open: Vec<String> =
            fields.iter().filter(|(_, schema)| is_text(schema)).map(|(name, _)| name.clone()).collect();
        loop {
            let mut sent = body.clone();
            for name in &open {
                sent[name] = json!(SCRIPT);
            }
            let answer = ask(guest, call, Some(&sent)).await;
            if answer.status.is_success() || open.is_empty() {
                self.contract.judge(call, &answer);
                self.taken += open.len();
                return answer;
            }
            let detail = answer.json()["detail"].as_str().unwrap_or_default().to_owned();
            let said = detail.split(':').next().unwrap_or_default();
            let place = open.iter().position(|name| name == said).unwrap_or(open.len() - 1);
            open.remove(place);
        }
    }

    /// Everything, in order.
    pub async fn all(&mut self) {
        self.calm().await;
        self.people().await;
        self.own().await;
        self.night().await;
        self.tell().await;
        self.evidence().await;
        self.signals().await;
        self.lists().await;
        self.settings().await;
    }

    async fn calm(&mut self) {
        let (lead, admin) = (self.lead.clone(), self.admin.clone());
        self.read(&self.house.stranger(), "/api/v1/openapi.json", &[], "").await;
        let map = self.read(&lead, "/api/v1/map", &[], "").await;
        let number = map["number"].as_i64().unwrap();
        self.write(&admin, "/api/v1/map/check", &[], json!({ "files": {} })).await;
        let files = json!({ "files": {}, "remark": "the same again" });
        self.write(&admin, "/api/v1/map", &[], files).await;
        self.write(&admin, "/api/v1/map/restore", &[], json!({ "number": number })).await;
        self.read(&lead, "/api/v1/map/versions", &[], "").await;
        self.import().await;
        self.read(&lead, "/api/v1/intake", &[], "").await;
        self.read(&lead, "/api/v1/search", &[], "q=host:srv-*&since=90d&limit=3").await;
        self.read(&lead, "/api/v1/whatif", &[], "lost=srv-dpidb-01").await;
        self.suppressions().await;
        self.photo().await;
        let codes = self.write(&admin, "/api/v1/ward-codes", &[], json!({ "service": "north-er" })).await;
        assert!(codes.is_array());
        let page = admin.page("/hospital/ward-codes").await;
        let code = between(&page, "/api/v1/ward-codes/", "/revoke");
        self.write(&admin, "/api/v1/ward-codes/{id}/revoke", &[("id", &code)], json!({})).await;
    }

    async fn suppressions(&mut self) {
        let lead = self.lead.clone();
        let names = [("id", self.id.clone())];
        self.read(&lead, "/api/v1/incidents/{id}/rules", &[(names[0].0, &names[0].1)], "").await;
        self.read(&lead, "/api/v1/rules/costs", &[], "").await;
        let scan = json!({ "tactic": "discovery", "host": "scan-1", "days": 7, "reason": "our weekly scan" });
        let made = self.write(&lead, "/api/v1/suppressions", &[], scan).await;
        self.read(&lead, "/api/v1/suppressions", &[], "").await;
        let names = [("id", made["id"].as_str().unwrap())];
        self.write(&lead, "/api/v1/suppressions/{id}/lift", &names, json!({})).await;
    }

    /// Files brought by a program, looked at, kept.
    async fn import(&mut self) {
        let admin = self.house.program(&self.house.token("admin-1", &["admin"]).await);
        let call = Call::post("/api/v1/map/imports", &[]);
        let form = multipart_of(&[], &[("extra.toml", b"# nothing yet\n")]);
        let request = admin.client.post(format!("{}{}", admin.url, call.path));
        let request = request.header("content-type", "multipart/form-data; boundary=X").body(form);
        let brought = answer(admin.with(request).send().await.unwrap()).await;
        assert_eq!(brought.status, StatusCode::CREATED, "{}", brought.text);
        self.contract.judge(&call, &brought);
        let id = brought.json()["id"].as_str().unwrap().to_owned();
        let names = [("id", id.as_str())];
        self.read(&admin, "/api/v1/map/imports/{id}", &names, "").await;
        self.write(&admin, "/api/v1/map/imports/{id}", &names, json!({ "remark": "one more file" })).await;
    }

    async fn photo(&mut self) {
        let lever = crate::tell::demo_lever();
        let (path, names) = ("/api/v1/levers/{lever}/photo", [("lever", lever.as_str())]);
        let mark = between(&self.lead.page("/folder").await, "name=\"_csrf\" value=\"", "\"");
        let form = multipart(&mark, &[], ("photo.png", &png()));
        self.bring(&Call::post(path, &names), form).await;
        let photo = self.lead.get(&Call::get(path, &names).address()).await;
        let photo = Answer {
            status: photo.status(),
            kind: photo.headers()["content-type"].to_str().unwrap().to_owned(),
            headers: photo.headers().clone(),
            text: String::new(),
        };
        self.contract.judge(&Call::get(path, &names), &photo);
    }

    async fn bring(&mut self, call: &Call<'_>, form: Vec<u8>) {
        let request = self.lead.client.post(format!("{}{}", self.lead.url, call.address()));
        let request = request.header("content-type", "multipart/form-data; boundary=X").body(form);
        let answer = answer(self.lead.with(request).send().await.unwrap()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        self.contract.judge(call, &answer);
    }

    async fn people(&mut self) {
        let admin = self.admin.clone();
        let nurse = self
            .write(
                &admin,
                "/api/v1/accounts",
                &[],
                json!({ "name": "nurse-17", "role": "viewer", "shown": "Nurse 17" }),
            )
            .await;
        let nurse = nurse["id"].as_str().unwrap();
        let names = [("id", nurse)];
        self.write(&admin, "/api/v1/accounts/{id}", &names, json!({ "shown": "Night nurse" })).await;
        let grant = self
            .write(&admin, "/api/v1/accounts/{id}/grants", &names, json!({ "role": "contributor" }))
            .await;
        let own = [("id", nurse), ("grant", grant["id"].as_str().unwrap())];
        self.write(&admin, "/api/v1/accounts/{id}/grants/{grant}/remove", &own, json!({})).await;
        for path in ["reset-link", "forget-factors", "end-sessions"] {
            self.write(&admin, &format!("/api/v1/accounts/{{id}}/{path}"), &names, json!({})).await;
        }
        self.read(&admin, "/api/v1/accounts", &[], "limit=2").await;
        self.write(&admin, "/api/v1/break-glass", &[], json!({ "name": "glass-1" })).await;
        let wanted =
            json!({ "account": nurse, "label": "probe", "scopes": ["read"], "hosts": [], "days": 2 });
        let token = self.write(&admin, "/api/v1/tokens", &[], wanted).await;
        self.read(&admin, "/api/v1/tokens", &[], "").await;
        let names = [("id", token["id"].as_str().unwrap())];
        self.write(&admin, "/api/v1/tokens/{id}/revoke", &names, json!({})).await;
    }

    async fn own(&mut self) {
        let (lead, visitor) = (self.lead.clone(), self.visitor.clone());
        let begun = self.write(&lead, "/api/v1/me/factors/code", &[], json!({ "label": "telephone" })).await;
        let names = [("id", begun["id"].as_str().unwrap())];
        let seed = from_base32(begun["secret"].as_str().unwrap());
        let now = json!({ "code": code(&seed, 0) });
        let call = Call::post("/api/v1/me/factors/{id}/confirm", &names);
        let confirmed = self.contract.send(&lead, &call, Some(&now)).await;
        assert_eq!(confirmed.status, StatusCode::CREATED, "{}", confirmed.text);
        self.write(&lead, "/api/v1/me/recovery-codes", &[], json!({})).await;
        self.write(&lead, "/api/v1/me/factors/{id}/remove", &names, json!({})).await;
        self.passkeys().await;
        self.write(&visitor, "/api/v1/me/seen-as", &[], json!({ "role": "director" })).await;
        self.write(&visitor, "/api/v1/me/seen-as", &[], json!({ "role": "incident-commander" })).await;
        let other = self.house.person("lead-1").await;
        let session = between(&other.page("/me").await, "/api/v1/me/sessions/", "/end");
        let names = [("id", session.as_str())];
        self.write(&other, "/api/v1/me/sessions/{id}/end", &names, json!({})).await;
        self.lead = self.house.person("lead-1").await;
    }

    /// What a browser is to be asked; its answer takes an authenticator, so here it is refused as described.
    async fn passkeys(&mut self) {
        let begin = Call::post("/api/v1/me/passkeys/begin", &[]);
        let named = Guest { url: self.lead.url.replace("127.0.0.1", "localhost"), ..self.lead.clone() };
        let begun = self.contract.send(&named, &begin, Some(&json!({}))).await;
        assert!(begun.status.is_success(), "{}", begun.text);
        let made = json!({ "label": "key", "answer": "{}" });
        let refused = self.contract.send(&named, &Call::post("/api/v1/me/passkeys", &[]), Some(&made)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        for (path, body) in
            [("/api/v1/second/passkey/begin", json!({})), ("/api/v1/second/passkey", made.clone())]
        {
            let refused = self.contract.send(&named, &Call::post(path, &[]), Some(&body)).await;
            assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{}", refused.text);
        }
    }

    async fn night(&mut self) {
        let (lead, id) = (self.lead.clone(), self.id.clone());
        let own = [("id", id.as_str())];
        let declared = json!({ "title": "another night", "lead": true });
        let other = self.write(&lead, "/api/v1/incidents", &[], declared).await;
        let names = [("id", other["id"].as_str().unwrap())];
        self.write(&lead, "/api/v1/incidents/{id}", &names, json!({ "title": "renamed" })).await;
        self.write(&lead, "/api/v1/incidents/{id}", &names, json!({ "state": "closed" })).await;
        self.write(&lead, "/api/v1/incidents/{id}", &own, json!({ "title": "this night" })).await;
        self.write(
            &lead,
            "/api/v1/incidents/{id}/duties",
            &own,
            json!({ "role": "lead", "person": "nurse-17" }),
        )
        .await;
        let call = json!({ "contact": contact(), "state": "no_answer", "remark": "the line is dead" });
        self.write(&lead, "/api/v1/incidents/{id}/calls", &own, call).await;
        for (end, why) in [("take", "agreed"), ("decline", "too dear")] {
            let wanted = json!({ "title": "Keep to paper", "why": "it spreads", "state": "waiting", "levers": [], "actions": [], "person": "the director" });
            let decision = self.write(&lead, "/api/v1/incidents/{id}/decisions", &own, wanted).await;
            let names = [("id", id.as_str()), ("decision", decision["id"].as_str().unwrap())];
            let path = format!("/api/v1/incidents/{{id}}/decisions/{{decision}}/{end}");
            self.write(&lead, &path, &names, json!({ "why": why })).await;
        }
        let cut = self
            .write(
                &lead,
                "/api/v1/incidents/{id}/cuts",
                &own,
                json!({ "lever": crate::tell::demo_lever(), "person": "it-1" }),
            )
            .await;
        let names = [("id", id.as_str()), ("cut", cut["id"].as_str().unwrap())];
        self.write(&lead, "/api/v1/incidents/{id}/cuts/{cut}/undo", &names, json!({})).await;
        let saw = json!({ "asset": "srv-dpidb-01", "stance": "lost", "reason": "a ransom note" });
        let saw = self.write(&lead, "/api/v1/incidents/{id}/sightings", &own, saw).await;
        let names = [("id", id.as_str()), ("sighting", saw["id"].as_str().unwrap())];
        let says = json!({ "service": "north-er", "says": "needs", "text": "two pumps", "person": "nurse-3", "paper": true });
        let said = self.write(&lead, "/api/v1/incidents/{id}/ward-reports", &own, says).await;
        let reported = [("id", id.as_str()), ("report", said["id"].as_str().unwrap())];
        self.write(&lead, "/api/v1/incidents/{id}/ward-reports/{report}/undo", &reported, json!({})).await;
        let wanted = json!({ "step": step(), "state": "pinned", "minutes": 60, "reason": "spare parts" });
        let word = self.write(&lead, "/api/v1/incidents/{id}/steps", &own, wanted.clone()).await;
        let pinned = [("id", id.as_str()), ("word", word["id"].as_str().unwrap())];
        self.read(&lead, "/api/v1/incidents/{id}/whatif", &own, "isolate=srv-dpidb-02").await;
        if !self.poison {
            self.write(&lead, "/api/v1/incidents/{id}/steps/{word}/undo", &pinned, json!({})).await;
            self.write(&lead, "/api/v1/incidents/{id}/steps", &own, wanted).await;
            self.write(&lead, "/api/v1/incidents/{id}/sightings/{sighting}/undo", &names, json!({})).await;
        }
        self.write(
            &lead,
            "/api/v1/incidents/{id}/notes",
            &own,
            json!({ "text": "the lift stands", "about": "north-er" }),
        )
        .await;
    }

    async fn tell(&mut self) {
        let (lead, id) = (self.lead.clone(), self.id.clone());
        let own = [("id", id.as_str())];
        let task = json!({ "title": "Read the fridge", "detail": "by hand", "person": "porter-3", "due_at": "04:00" });
        let task = self.write(&lead, "/api/v1/incidents/{id}/tasks", &own, task).await;
        let names = [("id", id.as_str()), ("task", task["id"].as_str().unwrap())];
        self.write(&lead, "/api/v1/incidents/{id}/tasks/{task}", &names, json!({ "detail": "twice" })).await;
        let row = json!({ "code": task["code"], "what": "", "remark": "door locked" });
        self.write(&lead, "/api/v1/incidents/{id}/tasks/returns", &own, json!({ "rows": [row] })).await;
        let text = json!({ "audience": "staff", "title": "Now", "text": "Use paper." });
        let message = self.write(&lead, "/api/v1/incidents/{id}/messages", &own, text).await;
        let names = [("id", id.as_str()), ("message", message["id"].as_str().unwrap())];
        self.write(
            &lead,
            "/api/v1/incidents/{id}/messages/{message}",
            &names,
            json!({ "text": "Use paper, all." }),
        )
        .await;
        for path in ["approve", "sent"] {
            self.write(
                &lead,
                &format!("/api/v1/incidents/{{id}}/messages/{{message}}/{path}"),
                &names,
                json!({}),
            )
            .await;
        }
        let notice = json!({ "obligation": "gdpr-authority", "text": "What happened" });
        let notice = self.write(&lead, "/api/v1/incidents/{id}/notices", &own, notice).await;
        let names = [("id", id.as_str()), ("notice", notice["id"].as_str().unwrap())];
        self.write(
            &lead,
            "/api/v1/incidents/{id}/notices/{notice}",
            &names,
            json!({ "text": "All of it", "reference": "C-42", "sent": true }),
        )
        .await;
    }

    async fn evidence(&mut self) {
        let (lead, id) = (self.lead.clone(), self.id.clone());
        let own = [("id", id.as_str())];
        let path = "/api/v1/incidents/{id}/evidence";
        let bytes = "Nov 22 01:21:00 srv-web-01 sshd[7]: session closed\n";
        let wanted = json!({ "name": "more.log", "size": bytes.len(), "about": "srv-web-01" });
        let told = self.write(&lead, path, &own, wanted).await;
        let names = [("id", id.as_str()), ("attachment", told["id"].as_str().unwrap())];
        let piece = Call {
            method: Method::PUT,
            path: "/api/v1/incidents/{id}/evidence/{attachment}",
            names: &names,
            query: "offset=0",
        };
        let request = lead.client.put(format!("{}{}", lead.url, piece.address())).body(bytes);
        let arrived = answer(lead.with(request).send().await.unwrap()).await;
        assert_eq!(arrived.json()["arrived"], bytes.len(), "{}", arrived.text);
        self.contract.judge(&piece, &arrived);
        self.write(&lead, "/api/v1/incidents/{id}/evidence/{attachment}/finish", &names, json!({})).await;
        let half = self.write(&lead, path, &own, json!({ "name": "half.log", "size": 9 })).await;
        let halved = [("id", id.as_str()), ("attachment", half["id"].as_str().unwrap())];
        self.write(&lead, "/api/v1/incidents/{id}/evidence/{attachment}/drop", &halved, json!({})).await;
        let mark =
            between(&lead.page(&format!("/incidents/{id}/evidence")).await, "name=\"_csrf\" value=\"", "\"");
        let name = if self.poison { SCRIPT } else { "b.log" };
        let form = multipart(&mark, &[("about", name)], (name, bytes.as_bytes()));
        self.bring(&Call::post("/api/v1/incidents/{id}/evidence/upload", &own), form).await;
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let all = self.read(&lead, path, &own, "").await;
            let open = |it: &Value| it["state"] == "kept" || it["state"] == "reading";
            if !all.as_array().unwrap().iter().any(open) {
                break;
            }
            assert!(Instant::now() < end, "evidence is not read: {all}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.read(&lead, path, &own, "format=csv").await;
        self.read(&lead, "/api/v1/incidents/{id}/evidence/{attachment}/file", &names, "").await;
        self.write(&lead, "/api/v1/incidents/{id}/evidence/{attachment}/again", &names, json!({})).await;
    }

    async fn signals(&mut self) {
        let (lead, id) = (self.lead.clone(), self.id.clone());
        let own = [("id", id.as_str())];
        let page = self.read(&lead, "/api/v1/incidents/{id}/signals", &own, "limit=2").await;
        let signal = page["rows"][0]["id"].as_i64().unwrap();
        let text = signal.to_string();
        let names = [("id", id.as_str()), ("signal", text.as_str())];
        self.read(&lead, "/api/v1/incidents/{id}/signals/{signal}", &names, "record=yes").await;
        let mark = json!({ "signal": signal, "scope": "one", "reason": "our own test" });
        let mark = self.write(&lead, "/api/v1/incidents/{id}/marks", &own, mark).await;
        for query in ["", "format=csv", "format=json&level=low&show=signals"] {
            self.read(&lead, "/api/v1/incidents/{id}/timeline", &own, query).await;
        }
        if !self.poison {
            let names = [("id", id.as_str()), ("mark", mark["id"].as_str().unwrap())];
            self.write(&lead, "/api/v1/incidents/{id}/marks/{mark}/undo", &names, json!({})).await;
        }
        self.read(&lead, "/api/v1/incidents/{id}/assessment", &own, "").await;
    }

    async fn lists(&mut self) {
        let (lead, id) = (self.lead.clone(), self.id.clone());
        self.read(&lead, "/api/v1/incidents", &[], "limit=1").await;
        self.read(&lead, "/api/v1/incidents/{id}", &[("id", id.as_str())], "").await;
        for kind in [
            "duties",
            "calls",
            "decisions",
            "tasks",
            "messages",
            "notices",
            "cuts",
            "ward-reports",
            "notes",
            "marks",
            "sightings",
            "steps",
        ] {
            let path = format!("/api/v1/incidents/{{id}}/{kind}");
            let all = self.read(&lead, &path, &[("id", id.as_str())], "").await;
            assert!(!all.as_array().unwrap().is_empty(), "{kind} holds nothing that could be wrong");
        }
        self.events().await;
    }

    async fn events(&mut self) {
        let call = Call { query: "after=0", ..Call::get("/api/v1/events", &[]) };
        let mut response = self.lead.get(&call.address()).await;
        let first = response.chunk().await.unwrap().unwrap();
        let told = Answer {
            status: response.status(),
            kind: response.headers()["content-type"].to_str().unwrap().to_owned(),
            headers: response.headers().clone(),
            text: String::from_utf8_lossy(&first).into_owned(),
        };
        self.contract.judge(&call, &told);
    }

    async fn settings(&mut self) {
        let (admin, copies) = (self.admin.clone(), self.house.folder.path().to_owned());
        for (name, body) in [
            ("language", json!({ "language": "fr" })),
            ("language", json!({ "language": "en" })),
            ("copies", json!({ "folder": copies, "keep": 3, "hours": 12 })),
            (
                "mail",
                json!({ "host": "localhost", "port": 1, "security": "none", "from": "rempart@hospital.example", "user": "mailer", "password": "hush" }),
            ),
            (
                "directory",
                json!({ "issuer": "https://id.example.org", "client_id": "rempart", "client_secret": "hush", "label": "the directory" }),
            ),
        ] {
            self.write(&admin, &format!("/api/v1/settings/{name}"), &[], body).await;
        }
        let all = admin.json("/api/v1/accounts").await;
        let own = all.as_array().unwrap().iter().find(|it| it["account"]["name"] == "admin-1").unwrap();
        let names = [("id", own["account"]["id"].as_str().unwrap())];
        self.write(&admin, "/api/v1/accounts/{id}", &names, json!({ "mail": "it@hospital.example" })).await;
        let task = json!({ "title": "Look at the server", "person": "admin-1" });
        self.lead.post(&format!("/api/v1/incidents/{}/tasks", self.id), task).await;
        let end = Instant::now() + Duration::from_secs(30);
        let stuck = loop {
            let all = self.read(&admin, "/api/v1/deliveries", &[], "").await;
            if let Some(stuck) = all.as_array().unwrap().iter().find(|it| it["error"].is_string()) {
                break stuck["id"].as_str().unwrap().to_owned();
            }
            assert!(Instant::now() < end, "no mail was tried: {all}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        self.write(&admin, "/api/v1/deliveries/{id}/again", &[("id", &stuck)], json!({})).await;
        let hook = json!({ "url": "https://hook.example.org/x", "kinds": ["task"], "private": false });
        let hook = self.write(&admin, "/api/v1/webhooks", &[], hook).await;
        self.read(&admin, "/api/v1/webhooks", &[], "").await;
        self.write(
            &admin,
            "/api/v1/webhooks/{id}/remove",
            &[("id", hook["id"].as_str().unwrap())],
            json!({}),
        )
        .await;
        self.write(&admin, "/api/v1/directory/distrust", &[], json!({})).await;
        self.write(&admin, "/api/v1/directory/trust", &[], json!({})).await;
        self.read(&admin, "/api/v1/audit", &[], "kind=task").await;
        self.read(&admin, "/api/v1/audit/check", &[], "").await;
        self.read(&admin, "/api/v1/audit.ndjson", &[], "").await;
    }
}

/// Names that pages have in their addresses, each with one that exists.
pub fn places(walk: &Walk, one: &BTreeMap<&str, String>) -> BTreeMap<String, String> {
    let mut places: BTreeMap<String, String> =
        one.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    places.insert("id".to_owned(), walk.id.clone());
    places
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_answers_as_it_is_described() {
    let mut walk = Walk::begin(false).await;
    walk.all().await;
    // These take an authenticator; their refusals were held against the description.
    let refused =
        ["POST /api/v1/me/passkeys", "POST /api/v1/second/passkey", "POST /api/v1/second/passkey/begin"];
    let mut missing = walk.contract.operations();
    missing.retain(|it| !walk.contract.seen.contains(it) && !refused.contains(&it.as_str()));
    assert!(missing.is_empty(), "nobody tried {missing:#?}");
    let table: std::collections::BTreeSet<String> = console::addresses()
        .into_iter()
        .filter(|(_, path, _)| path.starts_with("/api/v1"))
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    assert_eq!(table, walk.contract.operations(), "what is served is described, and nothing else");
}
