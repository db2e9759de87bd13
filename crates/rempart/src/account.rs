//! `rempart user`, `rempart token`: accounts and tokens, changed on the server itself while it serves.
//!
//! Invariant: a secret is printed once, alone on standard output, and taken from a file, never from an argument.

use std::path::Path;

use console::{AccountError, Accounts};

use crate::args::{Kept, TokenCommand, UserCommand};
use crate::exit::{CANNOT_WRITE, DONE, Failure};
use crate::screen;
use crate::serve::runtime;

pub(crate) fn user(command: UserCommand) -> Result<u8, Failure> {
    match command {
        UserCommand::Add { name, role, site, password_file, kept } => {
            let password = first_line(&password_file)?;
            runtime()?.block_on(async {
                open(&kept).await?.add(&name, &role, site.as_deref(), &password).await.map_err(failure)
            })?;
            eprintln!("{name} may come in.");
        }
        UserCommand::ResetLink { name, kept } => {
            let path =
                runtime()?.block_on(async { open(&kept).await?.reset_link(&name).await.map_err(failure) })?;
            screen::text(&format!("{path}\n"))?;
            eprintln!("Open this path on the console's address within a day.");
        }
    }
    Ok(DONE)
}

pub(crate) fn token(command: TokenCommand) -> Result<u8, Failure> {
    let TokenCommand::Create { user, scopes, hosts, label, expires, kept } = command;
    let text = runtime()?.block_on(async {
        open(&kept).await?.token(&user, &scopes, &hosts, label.as_deref(), &expires).await.map_err(failure)
    })?;
    screen::text(&format!("{text}\n"))?;
    Ok(DONE)
}

async fn open(kept: &Kept) -> Result<Accounts, Failure> {
    Accounts::open(&kept.data, kept.database.as_deref()).await.map_err(failure)
}

fn failure(error: AccountError) -> Failure {
    match error {
        AccountError::Store(_) | AccountError::Open(_) => {
            Failure { code: CANNOT_WRITE, message: error.to_string() }
        }
        _ => Failure::bad(error.to_string()),
    }
}

pub(crate) fn first_line(path: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::bad(format!("{} cannot be read: {error}", path.display())))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
