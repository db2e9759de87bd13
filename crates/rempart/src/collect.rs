//! `rempart collect`: the listeners and the spool of the intake alone, and what forwards to a `rempart serve`.
//!
//! Invariant: nothing leaves the data folder before the server answered for it; standard output holds the listeners'
//! lines alone.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use intake::forward::{Target, forward};
use intake::listen::roll::Roll;
use intake::listen::{Intake, Limits};
use intake::{Options, spool};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::args::Collect;
use crate::exit::{CANNOT_WRITE, DONE, Failure};
use crate::{account, screen, serve, service};

/// The reader of the spool.
const READER: &str = "forward";
/// The server has this long to be reached, and to answer.
const REACHED: Duration = Duration::from_secs(10);
const ANSWERED: Duration = Duration::from_secs(120);
/// Threads that wait get this long to end.
const LEFT: Duration = Duration::from_secs(5);

pub(crate) fn run(args: &Collect) -> Result<u8, Failure> {
    serve::refuse(&args.mistakes())?;
    serve::log(&args.log, None);
    let roll = args.intake_token_file.as_deref().map(roll).transpose()?;
    let target = target(args)?;
    let runtime = serve::runtime()?;
    let _lock = store::lock_folder(&args.folder).map_err(failure)?;
    let done = runtime.block_on(collect(args, roll, target));
    runtime.shutdown_timeout(LEFT);
    done
}

async fn collect(args: &Collect, roll: Option<Roll>, target: Target) -> Result<u8, Failure> {
    let wanted = serve::intake(&args.arrives);
    if !wanted.is_any() {
        return Err(Failure::bad("nothing is to be collected: set an --intake-… listener or --watch"));
    }
    let names = [
        wanted.addresses().iter().filter_map(|it| Some(it.1?.ip().to_string())).collect(),
        vec!["localhost".to_owned()],
    ];
    let (tls, fingerprint) = console::certificate(&args.folder, &serve::tls(&args.protect), &names.concat())
        .await
        .map_err(failure)?;
    let tls = tls.map(|it| it.get_inner());
    let bound =
        wanted.bind().map_err(|(address, error)| failure(format!("cannot listen on {address}: {error}")))?;
    let folder = args.folder.join("spool");
    let options = Options { readers: vec![READER.to_owned()], ..Options::default() };
    let spool = spool::open_folder(&folder, Timestamp::now, options).map_err(failure)?;
    let (spool, stop) = (Arc::new(spool), CancellationToken::new());
    // Without a list of senders, loopback alone is listened on, and nobody there is proven.
    let limits = Limits { without_token: roll.is_none(), ..Limits::default() };
    let listeners = Intake::new(spool.clone(), roll.unwrap_or_default(), limits, stop.clone());
    let mut lines = bound.announcements(tls.is_some());
    let first = lines.first().and_then(|line| Some(line.split_once(": ")?.1)).unwrap_or("files");
    lines.insert(0, format!("listening: {first}"));
    lines.extend(fingerprint.map(|it| format!("certificate: SHA-256 {it}")));
    let ended = serve::stop();
    bound.serve(&listeners, &folder, tls)?;
    let forwarding = tokio::spawn(forward(spool.clone(), READER, target, stop.clone()));
    // A reader that went away early is no reason to stop.
    let _ = screen::text(&(lines.join("\n") + "\n"));
    service::ready(&args.forward);
    ended.await;
    stop.cancel();
    let forwarded = forwarding.await;
    // What waits is written; a thread that panicked was told of.
    let _ = tokio::task::spawn_blocking(move || spool.close()).await;
    forwarded.map_err(failure)?.map_err(failure)?;
    Ok(DONE)
}

fn failure(error: impl ToString) -> Failure {
    Failure { code: CANNOT_WRITE, message: error.to_string() }
}

fn roll(path: &Path) -> Result<Roll, Failure> {
    let bad = |reason: String| Failure::bad(format!("intake_token_file: {}: {reason}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| bad(error.to_string()))?;
    let roll = Roll::parse(&text).map_err(&bad)?;
    if roll.is_empty() { Err(bad("it names nobody who may send".to_owned())) } else { Ok(roll) }
}

fn target(args: &Collect) -> Result<Target, Failure> {
    // Another library may have set it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(REACHED)
        .timeout(ANSWERED);
    let client = match &args.trust {
        None => client,
        Some(file) => {
            let bad = |reason: String| Failure::bad(format!("trust: {}: {reason}", file.display()));
            let pem = std::fs::read(file).map_err(|error| bad(error.to_string()))?;
            let roots =
                reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| bad(error.to_string()))?;
            if roots.is_empty() {
                return Err(bad("it holds no certificate".to_owned()));
            }
            client.tls_certs_merge(roots)
        }
    };
    let client = client.build().map_err(|error| Failure::bad(error.to_string()))?;
    let token = account::first_line(&args.token_file)?;
    let target = (!token.is_empty()).then(|| Target::new(&args.forward, token.trim(), client)).flatten();
    target.ok_or_else(|| {
        Failure::bad(format!("{} holds no token on its first line", args.token_file.display()))
    })
}
