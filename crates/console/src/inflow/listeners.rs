//! The listeners of the intake: whom they let in.
//!
//! Invariant: a token that is not good, or no longer, lets nobody in.

use std::future::Future;
use std::pin::Pin;

use ::intake::listen::sockets::Bound;
use ::intake::listen::{Authenticator, Intake as Listeners, Limits, Sender};
use axum_server::tls_rustls::RustlsConfig;
use jiff::Timestamp;
use store::entity::{Account, Role};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::permit::{Permission, holds, lets};

/// Listens, until the process is told to stop.
pub(crate) fn serve(app: &App, bound: Bound, tls: Option<&RustlsConfig>) -> std::io::Result<()> {
    let Some(spool) = app.spool.clone() else { return Ok(()) };
    let stop = CancellationToken::new();
    let (stopped, life) = (stop.clone(), app.clone());
    tokio::spawn(async move {
        life.life.stopping().await;
        stopped.cancel();
    });
    let listeners = Listeners::new(spool, Tokens(app.clone()), Limits::default(), stop);
    bound.serve(&listeners, &app.config.data.join("spool"), tls.map(RustlsConfig::get_inner))
}

/// Tokens of the console with the scope `intake`.
struct Tokens(App);

impl Authenticator for Tokens {
    fn sender<'a>(&'a self, token: &'a str) -> Pin<Box<dyn Future<Output = Option<Sender>> + Send + 'a>> {
        Box::pin(async move {
            let store = &self.0.store;
            let hash = access::secret::token_hash(token)?;
            let token = store.token_hashed(&hash).await.ok()??;
            let account = store.find::<Account>(&token.account).await.ok()??;
            let holds = |role: Role| holds(role, Permission::Intake);
            let granted = store.grants_of(&account.id).await.ok()?.iter().any(|it| holds(it.role));
            let good = token.until.0 > Timestamp::now()
                && account.active
                && lets(&token.scopes.0, Permission::Intake)
                && granted;
            let label = if token.label.is_empty() { token.id } else { token.label };
            good.then(|| Sender { name: format!("{}: {label}", account.name), hosts: token.hosts.0 })
        })
    }
}
