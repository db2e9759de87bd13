//! The way out: mails and webhooks, made from new lines of the audit, tried until the other side takes them.
//!
//! Invariant: what is sent holds a link and no detail of the incident; one that fails harms no other; a call
//! goes to the very address that was looked at, never on to another. Of the standing watch nobody is told.

pub(crate) mod deadlines;
mod mail;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use store::entity::{Account, Carrier, Delivery, DeliveryState, Incident, IncidentState, Webhook};
use store::{Actor, Audited, Instant, Json, new_id};

use crate::app::App;
use crate::ask::spoken;
use crate::problem::{Problem, Result};
use crate::room::settings::KINDS;
use crate::settings::{self, Mail};
use crate::trust::reasons;

/// Seconds before the second try, the third, and so on; after the last it is given up.
const DELAYS: &[i64] = &[5, 30, 120, 480, 1_800, 7_200, 21_600, 43_200];
/// Deliveries tried at once.
const AT_ONCE: u64 = 20;
/// Lines of the audit looked at at a time.
const LINES: u64 = 500;
/// A look at the clock at least this often.
const BEAT: Duration = Duration::from_secs(3);
/// Time for a whole call.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends what there is to send, for ever.
pub(crate) async fn work(app: App) {
    let mut follow = app.store.follow();
    loop {
        follow.borrow_and_update();
        if let Err(problem) = round(&app).await {
            tracing::error!(detail = problem.english(), "mails and webhooks could not be sent");
            tokio::time::sleep(BEAT).await;
        }
        tokio::select! {
            changed = follow.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(BEAT) => {}
        }
    }
}

async fn round(app: &App) -> Result<()> {
    note(app).await?;
    let due = app.store.deliveries_due(Instant::from(Timestamp::now()), AT_ONCE).await?;
    let mut tries = tokio::task::JoinSet::new();
    for delivery in due {
        let app = app.clone();
        tries.spawn(async move {
            let outcome = match delivery.carrier {
                Carrier::Webhook => call(&app, &delivery).await,
                Carrier::Mail => mail::send(&app, &delivery).await,
            };
            (delivery, outcome)
        });
    }
    while let Some(tried) = tries.join_next().await {
        let (delivery, outcome) = tried.map_err(|error| Problem::inside(&error))?;
        let now = Timestamp::now();
        let mut change = app.store.begin(&Actor::machine()).await?;
        change.edit::<Delivery>(&delivery.id, None, |it| settle(it, outcome, now)).await?;
        change.commit().await?;
    }
    Ok(())
}

/// What a try leaves behind.
fn settle(delivery: &mut Delivery, outcome: std::result::Result<(), String>, now: Timestamp) {
    let delay = usize::try_from(delivery.tries).ok().and_then(|tries| DELAYS.get(tries));
    delivery.tries = delivery.tries.saturating_add(1);
    let Err(why) = outcome else {
        delivery.state = DeliveryState::Done;
        delivery.error = None;
        return;
    };
    delivery.error = Some(why.chars().take(400).collect());
    match delay {
        Some(seconds) => {
            delivery.next_at =
                Instant::from(now.saturating_add(SignedDuration::from_secs(*seconds)).unwrap_or(now));
        }
        None => delivery.state = DeliveryState::Failed,
    }
}

/// Makes deliveries of the audit's new lines; of those before the first start, none.
async fn note(app: &App) -> Result<()> {
    let now = Instant::from(Timestamp::now());
    let Some((mut seq, _)) = app.store.last_visit("deliver", "audit").await? else {
        let head = app.store.audit_head().await?;
        return Ok(app.store.visited("deliver", "audit", head, now).await?);
    };
    loop {
        let lines = app.store.audit_after(seq, LINES).await?;
        let Some(last) = lines.last().map(|line| line.seq) else { return Ok(()) };
        let told: Vec<&Audited> = lines.iter().filter(|line| KINDS.contains(&line.kind.as_str())).collect();
        if !told.is_empty() {
            keep(app, deliveries(app, &told, now).await?).await?;
        }
        seq = last;
        app.store.visited("deliver", "audit", seq, now).await?;
    }
}

/// Keeps deliveries until they are taken.
async fn keep(app: &App, made: Vec<Delivery>) -> Result<()> {
    if made.is_empty() {
        return Ok(());
    }
    let mut change = app.store.begin(&Actor::machine()).await?;
    for delivery in made {
        change.add(delivery).await?;
    }
    change.commit().await?;
    Ok(())
}

/// Whether a webhook wants to hear of a kind.
fn asks(webhook: &Webhook, kind: &str) -> bool {
    webhook.active && (webhook.kinds.0.is_empty() || webhook.kinds.0.iter().any(|it| it == kind))
}

fn deliver(webhook: &Webhook, body: Value, now: Instant) -> Delivery {
    delivery(Carrier::Webhook, webhook.id.clone(), body, now)
}

/// Keys of a mail's subject and text.
type Says = (&'static str, &'static str);
/// The mail that tells of a task.
const TASK: Says = ("mail-task-subject", "mail-task-text");

/// A mail in the account's language, where the account has an address.
fn letter(app: &App, account: &Account, says: Says, link: &str, now: Instant) -> Option<Delivery> {
    let address = account.mail.clone()?;
    let words = app.words(account.lang.as_deref().and_then(spoken).unwrap_or(assess::Lang::En));
    let text = words.say_with(says.1, &[("link", link.to_owned().into())]);
    let body = json!({ "subject": words.say(says.0), "text": text });
    Some(delivery(Carrier::Mail, address, body, now))
}

async fn deliveries(app: &App, lines: &[&Audited], now: Instant) -> Result<Vec<Delivery>> {
    let webhooks = app.store.all::<Webhook>().await?;
    let mails = settings::read::<Mail>(&app.store).await?.is_some();
    let incidents = app.store.all::<Incident>().await?;
    let watch = incidents.iter().find(|it| it.state == IncidentState::Watch).map(|it| it.id.as_str());
    let mut made = Vec::new();
    for line in lines.iter().filter(|line| watch.is_none() || line.incident.as_deref() != watch) {
        let link = link_to(app, line.incident.as_deref());
        for webhook in webhooks.iter().filter(|it| asks(it, &line.kind)) {
            let body = json!({ "kind": line.kind, "verb": line.verb, "record": line.record, "incident": line.incident, "at": line.at, "link": link });
            made.push(deliver(webhook, body, now));
        }
        if let Some(account) = newly_assigned(line).filter(|_| mails)
            && let Some(account) =
                app.store.find::<Account>(account).await?.filter(|it| it.active && it.name != line.actor)
        {
            made.extend(letter(app, &account, TASK, &link, now));
        }
    }
    Ok(made)
}

fn delivery(carrier: Carrier, target: String, body: Value, now: Instant) -> Delivery {
    let state = DeliveryState::Waiting;
    Delivery {
        id: new_id(),
        version: 0,
        carrier,
        target,
        body: Json(body),
        state,
        tries: 0,
        next_at: now,
        error: None,
        created_at: now,
    }
}

fn link_to(app: &App, incident: Option<&str>) -> String {
    incident.map_or_else(|| app.url.clone(), |incident| format!("{}/incidents/{incident}", app.url))
}

/// The account to which this line gave a task.
fn newly_assigned(line: &Audited) -> Option<&str> {
    let of = |json: &'_ Option<Json>| {
        json.as_ref().and_then(|it| it.0.get("account")).and_then(Value::as_str).map(str::to_owned)
    };
    let after = line.after.as_ref()?.0.get("account")?.as_str()?;
    (line.kind == "task" && of(&line.before).as_deref() != Some(after)).then_some(after)
}

/// The address to call of those that a name led to.
fn pick(found: impl Iterator<Item = SocketAddr>, private: bool) -> std::result::Result<SocketAddr, String> {
    let mut seen = None;
    for address in found {
        if private || access::webhook::allowed(address.ip()) {
            return Ok(address);
        }
        seen = Some(address.ip());
    }
    Err(match seen {
        Some(ip) => format!("{ip} is a private address: allow it in the settings, or give a public one"),
        None => "the name has no address".to_owned(),
    })
}

async fn call(app: &App, delivery: &Delivery) -> std::result::Result<(), String> {
    let webhook = app.store.find::<Webhook>(&delivery.target).await.map_err(|error| error.to_string())?;
    let webhook = webhook.filter(|it| it.active).ok_or("the webhook was removed")?;
    let url: Url = webhook.url.parse().map_err(|_| "the webhook's address cannot be read")?;
    let host = url
        .host_str()
        .ok_or("the webhook's address has no host")?
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned();
    let port = url.port_or_known_default().ok_or("the webhook's address has no port")?;
    let address = match host.parse::<IpAddr>() {
        Ok(ip) => pick(std::iter::once(SocketAddr::new(ip, port)), webhook.private)?,
        Err(_) => {
            let found =
                tokio::net::lookup_host((host.as_str(), port)).await.map_err(|error| error.to_string())?;
            pick(found, webhook.private)?
        }
    };
    let secret = app
        .key
        .open(&format!("webhook:{}", webhook.id), &webhook.secret)
        .map_err(|error| error.to_string())?;
    let body = delivery.body.0.to_string();
    let signature =
        access::webhook::signature(&String::from_utf8_lossy(&secret), Timestamp::now(), body.as_bytes());
    // A second call finds the provider installed already: no harm.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .referer(false)
        .timeout(PATIENCE)
        .resolve(&host, address);
    let client = app.trust.web(client).build().map_err(|error| reasons(&error))?;
    let sent = client
        .post(url)
        .header("content-type", "application/json")
        .header("rempart-signature", signature)
        .header("rempart-delivery", &delivery.id)
        .body(body)
        .send()
        .await
        .map_err(|error| reasons(&error.without_url()))?;
    if sent.status().is_success() {
        Ok(())
    } else {
        Err(format!("the other side answered {}", sent.status()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_delivery_waits_longer_each_time_and_is_given_up_after_nine() {
        let now: Timestamp = "2026-11-22T02:00:00Z".parse().unwrap();
        let mut it = delivery(Carrier::Webhook, "w".to_owned(), json!({}), Instant::from(now));
        let mut before = 0;
        for _ in DELAYS {
            settle(&mut it, Err("refused".to_owned()), now);
            let waits = it.next_at.0.duration_since(now).as_secs();
            assert!(waits > before && it.state == DeliveryState::Waiting, "{waits}");
            before = waits;
        }
        settle(&mut it, Err("refused".to_owned()), now);
        assert_eq!((it.state, it.tries), (DeliveryState::Failed, 9));
        let mut it = delivery(Carrier::Mail, "m".to_owned(), json!({}), Instant::from(now));
        settle(&mut it, Ok(()), now);
        assert_eq!((it.state, it.tries), (DeliveryState::Done, 1));
    }

    #[test]
    fn a_private_address_is_called_only_where_allowed() {
        let of = |text: &str| -> SocketAddr { text.parse().unwrap() };
        let mixed = [of("10.0.0.1:443"), of("93.184.216.34:443")];
        assert_eq!(pick(mixed.into_iter(), false), Ok(mixed[1]));
        assert_eq!(pick(mixed.into_iter(), true), Ok(mixed[0]));
        assert!(pick([of("127.0.0.1:80"), of("[::ffff:10.0.0.1]:80")].into_iter(), false).is_err());
        assert!(pick(std::iter::empty(), true).is_err());
    }
}
