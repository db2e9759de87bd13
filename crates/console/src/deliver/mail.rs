//! One mail by the mail server that is set.
//!
//! Invariant: a server that is to protect what travels does so, and is the one that it says it is, or nothing is sent.

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::Tls;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use serde::Deserialize;
use store::entity::Delivery;

use crate::app::App;
use crate::room::settings::MAIL;
use crate::settings::{self, Mail};
use crate::trust::reasons;

/// Time for a whole mail.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
struct Letter {
    subject: String,
    text: String,
}

/// Sends a mail; why it could not be.
pub(super) async fn send(app: &App, delivery: &Delivery) -> Result<(), String> {
    let settings = settings::read::<Mail>(&app.store).await.map_err(|problem| problem.english())?;
    let settings = settings.ok_or("no mail server is set")?;
    let letter: Letter =
        serde_json::from_value(delivery.body.0.clone()).map_err(|error| error.to_string())?;
    let message = Message::builder()
        .from(settings.from.parse().map_err(|_| "the sender's address cannot be read")?)
        .to(delivery.target.parse().map_err(|_| "the receiver's address cannot be read")?)
        .subject(letter.subject)
        .header(ContentType::TEXT_PLAIN)
        .body(letter.text)
        .map_err(|error| error.to_string())?;
    let host = settings.host.as_str();
    let tls = match settings.security.as_str() {
        "none" => Tls::None,
        "tls" => Tls::Wrapper(app.trust.mail(host).map_err(|error| reasons(&error))?),
        _ => Tls::Required(app.trust.mail(host).map_err(|error| reasons(&error))?),
    };
    let mut server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
        .tls(tls)
        .port(settings.port)
        .timeout(Some(PATIENCE));
    if let (Some(user), Some(sealed)) = (settings.user, settings.password) {
        let password = app.key.open(MAIL, &sealed).map_err(|error| error.to_string())?;
        server = server.credentials(Credentials::new(user, String::from_utf8_lossy(&password).into_owned()));
    }
    server.build().send(message).await.map(|_| ()).map_err(|error| reasons(&error))
}
