//! `rempart serve`: the console, wired and run until it is told to stop.
//!
//! Invariant: `listening:` and what goes with it are all that standard output holds; the log goes to standard
//! error, and holds no secret.

use std::sync::atomic::Ordering;
use std::time::Duration;

use assess::{Lang, Piece, Words};
use console::{Config, Copies, Demonstration, Intake, Retention, Rooms, ServeError, Server, Tls};
use detect::Cache;
use intake::listen::sockets::Clients;
use jiff::tz::TimeZone;
use tokio::runtime::Runtime;
use tracing::Level;
use tracing_subscriber::filter::{EnvFilter, Targets};
use tracing_subscriber::prelude::*;

use crate::args::{Arrives, Kept, Listen, Log, LogFormat, Protect, Serve, View};
use crate::exit::{CANNOT_WRITE, DONE, Failure};
use crate::traces::Traces;
use crate::{backup, interrupt, rules, screen, service, triage};

/// What runs beside gets this long to end, once the store is closed.
const LEFT: Duration = Duration::from_secs(5);

pub(crate) fn run(args: &Serve) -> Result<u8, Failure> {
    refuse(&args.mistakes())?;
    let runtime = runtime()?;
    let traces = args.said.traces.as_deref().map(|url| Traces::begin(url, runtime.handle())).transpose()?;
    log(&args.said.log, traces.as_ref());
    let copies = backup::copies(&args.copied)?;
    let intake = intake(&args.arrives);
    let retention = Retention { days: args.retained.days, bytes: args.retained.bytes };
    let config =
        Config { metrics: args.said.metrics, copies, intake, retention, ..config(&args.kept, &args.listen) };
    let done = serve(config, &args.view, &runtime);
    if let Some(traces) = traces {
        traces.end();
    }
    // An assessment that is being made is left: it is made again at the next start.
    runtime.shutdown_timeout(LEFT);
    done
}

/// Serves a demonstration until interrupted; only what goes wrong is logged, unless more is asked for.
pub(crate) fn demonstrate(
    kept: &Kept,
    listen: &Listen,
    view: &View,
    night: Demonstration,
) -> Result<u8, Failure> {
    refuse(&listen.mistakes())?;
    let level = std::env::var("REMPART_LOG").unwrap_or_else(|_| "error".to_owned());
    log(&Log { log: level, log_format: LogFormat::Text }, None);
    let runtime = runtime()?;
    let done = serve(Config { demonstration: Some(night), ..config(kept, listen) }, view, &runtime);
    runtime.shutdown_timeout(LEFT);
    done
}

pub(crate) fn refuse(mistakes: &[String]) -> Result<(), Failure> {
    if mistakes.is_empty() { Ok(()) } else { Err(Failure::bad(mistakes.join("\n"))) }
}

fn serve(config: Config, view: &View, runtime: &Runtime) -> Result<u8, Failure> {
    let is_demonstration = config.demonstration.is_some();
    let _lock = store::lock_folder(&config.data)
        .map_err(|error| Failure { code: CANNOT_WRITE, message: error.to_string() })?;
    let rooms = rooms(view, &Cache::new(config.data.join("cache")))?;
    let words = if screen::language(view.lang) == Lang::Fr { &rooms.fr } else { &rooms.en };
    let told = is_demonstration.then(|| words.say("demo-serves"));
    runtime.block_on(async {
        let server = Server::open(config, rooms).await.map_err(failure)?;
        let url = server.url().to_owned();
        let mut lines = vec![format!("listening: {url}")];
        lines.extend(server.metrics().map(|address| format!("metrics: http://{address}/metrics")));
        lines.extend(server.announcements.iter().cloned());
        let ready = move || {
            // A reader that went away early is no reason to stop.
            let _ = screen::text(&(lines.join("\n") + "\n"));
            service::ready(&url);
            if let Some(told) = told {
                eprintln!("{told}");
            }
        };
        server.run(stop(), ready).await.map_err(failure)
    })?;
    Ok(DONE)
}

/// A runtime for what waits on sockets and on the store.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    let made = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    made.map_err(|error| Failure {
        code: CANNOT_WRITE,
        message: format!("threads cannot be started: {error}"),
    })
}

fn failure(error: ServeError) -> Failure {
    Failure { code: CANNOT_WRITE, message: error.to_string() }
}

/// Sets the log up, and traces of what the console does where they are wanted.
pub(crate) fn log(log: &Log, traces: Option<&Traces>) {
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match log.log_format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    let spans = traces.map(|it| it.layer().with_filter(Targets::new().with_target("console", Level::INFO)));
    let both = tracing_subscriber::registry().with(lines.with_filter(EnvFilter::new(&log.log))).with(spans);
    // A log that is set up already goes on as it is.
    let _ = both.try_init();
}

fn rooms(view: &View, cache: &Cache) -> Result<Rooms, Failure> {
    let content = screen::content(view.content.as_deref())?;
    let loaded = rules::gather(&content, &[], false, Some(cache))?;
    let refused = loaded
        .refused()
        .iter()
        .map(|it| Piece { path: it.path.clone(), reason: it.reason.clone() })
        .collect();
    let words =
        |lang| Words::load(&content, lang, TimeZone::UTC).map_err(|error| Failure::bad(error.to_string()));
    let engine = triage::engine(loaded, &content)?;
    let notes = engine.facts().filter_map(|rule| Some((rule.id.to_string(), rule.note.clone()?))).collect();
    let obligations = triage::obligations(&content)?;
    Ok(Rooms { notes, engine, refused, obligations, en: words(Lang::En)?, fr: words(Lang::Fr)?, content })
}

fn config(kept: &Kept, listen: &Listen) -> Config {
    Config {
        data: kept.data.clone(),
        listen: listen.listen,
        database: kept.database.clone(),
        metrics: None,
        intake: Intake::default(),
        hosts: listen.hosts.clone(),
        tls: tls(&listen.protect),
        proxies: listen.proxies.clone(),
        trust: listen.trust.clone(),
        watch: listen.evidence_folder.clone(),
        retention: Retention::default(),
        copies: Copies::default(),
        demonstration: None,
    }
}

pub(crate) fn tls(protect: &Protect) -> Tls {
    match (&protect.tls_certificate, &protect.tls_key) {
        (Some(certificate), Some(key)) => Tls::Files { certificate: certificate.clone(), key: key.clone() },
        _ if protect.tls_self_signed => Tls::SelfSigned,
        _ => Tls::Plain { behind_proxy: protect.plain_http },
    }
}

pub(crate) fn intake(arrives: &Arrives) -> Intake {
    Intake {
        http: arrives.http,
        otlp: arrives.otlp,
        syslog_udp: arrives.syslog_udp,
        syslog_tcp: arrives.syslog_tcp,
        syslog_tls: arrives.syslog_tls,
        watch: arrives.watch.clone(),
        clients: arrives
            .client_ca
            .clone()
            .map(|authorities| Clients { authorities, is_required: arrives.require_certificate }),
    }
}

/// Done when the process is told to stop; it listens for that from the call on, before anybody is told that it serves.
pub(crate) fn stop() -> impl Future<Output = ()> + Send + 'static {
    let flag = interrupt::flag();
    let pressed = async {
        while !flag.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    #[cfg(unix)]
    let terminated = {
        let ended = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        async {
            match ended {
                Ok(mut ended) => drop(ended.recv().await),
                Err(_) => std::future::pending().await,
            }
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending();
    async {
        tokio::select! { () = pressed => {}, () = terminated => {} }
        service::stopping();
    }
}
