//! Evidence as it is shown: each file with what was read and what was not, and the form that brings more.
//!
//! Invariant: text of evidence is shown plain; what was not read stands as openly as what was.

use assess::{ChainAsset, Piece};
use maud::{Markup, html};
use report::plain;
use store::entity::{Attachment, AttachmentState};

use super::{SIZE_MAX, folder, give};
use crate::ask::Ask;
use crate::reading::{arrives, is_live, reading};
use crate::scene::Scene;

/// Pieces listed of a kind.
const PIECES: usize = 50;

/// One attachment.
pub(super) fn attachment(ask: &Ask, scene: &Scene, it: &Attachment, may: bool) -> Markup {
    let read = reading(&ask.app, it)
        .filter(|_| it.state == AttachmentState::Read || it.state == AttachmentState::Reading);
    let files = give::files(&folder(&ask.app, &scene.incident.id, &it.id)).unwrap_or_default();
    let bytes: u64 = files.iter().map(|(_, size)| size).sum();
    let api = format!("{}/{}", scene.api("evidence"), it.id);
    let rules = it.reading.as_ref().and_then(|it| it.0.get("rules")).and_then(serde_json::Value::as_str);
    let old = rules.is_some_and(|rules| rules != ask.app.rooms.engine.fingerprint());
    html! {
        article.choice id={ "evidence-" (it.id) } {
            div.row { b { (plain(&it.name)) } span.tag { (ask.say(&format!("evidence-state-{}", it.state.word()))) } span.soft { (ask.size(bytes)) } }
            p.soft { (plain(&it.author)) " · " (ask.time(it.at.0, scene.now))
                @if let Some(about) = &it.about { " · " (plain(scene.names().node(about))) } }
            @if it.state == AttachmentState::Arriving {
                @let done = bytes.to_string();
                p { progress max=(it.size) value=(done) aria-label=(ask.say("evidence-arriving")) {} " "
                    (ask.say_with("evidence-arrived", &[("done", ask.size(bytes).into()), ("all", ask.size(u64::try_from(it.size).unwrap_or_default()).into())])) }
            }
            @if may && it.state == AttachmentState::Arriving {
                form.inline method="post" action={ (api) "/drop" } { (ask.hidden()) button.do.small.quiet { (ask.say("evidence-drop")) } }
            }
            @if let Some(sha256) = &it.sha256 { p.soft { "SHA-256 " code.hash { (sha256) } } }
            @if it.state == AttachmentState::Failed {
                p.late { (ask.say("evidence-failed")) " " span lang="en" { (plain(it.reading.as_ref().and_then(|it| it.0.get("error")).and_then(serde_json::Value::as_str).unwrap_or_default())) } }
            }
            @if let Some(read) = read {
                p { (ask.say_with("evidence-read", &[("files", read.files.into()), ("events", ask.words.number(read.events).into())]))
                    @if let (Some(first), Some(last)) = (read.first, read.last) { " " (ask.time(first, scene.now)) " – " (ask.time(last, scene.now)) "." } }
                @if read.distrusted > 0 { p.soft { (ask.say_with("evidence-distrusted", &[("count", read.distrusted.into())])) } }
                @if read.partial { p.late { (ask.say("evidence-partial")) } }
                (pieces(ask, it, "unreadable", &read.unreadable))
                (pieces(ask, it, "skipped", &read.skipped))
                (pieces(ask, it, "assumed", &read.assumed))
            }
            @if may && it.state != AttachmentState::Arriving {
                div.row {
                    @if files.len() == 1 { a.do.small href={ (api) "/file" } download { (ask.say("evidence-download")) } }
                    @if !is_live(it) && !arrives(it) && matches!(it.state, AttachmentState::Read | AttachmentState::Failed) {
                        form.inline method="post" action={ (api) "/again" } { (ask.hidden()) input type="hidden" name="version" value=(it.version);
                            button.do.small { (ask.say("evidence-again")) } }
                        @if old { span.soft { (ask.say("evidence-rules-changed")) } }
                    }
                }
                @if files.len() > 1 {
                    details id={ "files-" (it.id) } { summary { (ask.say_with("evidence-files", &[("count", files.len().into())])) }
                        ul.lines { @for (n, (name, bytes)) in files.iter().enumerate() {
                            li { a href={ (api) "/file?n=" (n) } download { (plain(&name.to_string_lossy())) } span.soft { (ask.size(*bytes)) } }
                        } }
                        @if files.len() == give::FILES_MAX { p.soft { (ask.say("evidence-files-more")) } }
                    }
                }
            }
        }
    }
}

fn pieces(ask: &Ask, it: &Attachment, kind: &str, pieces: &[Piece]) -> Markup {
    html! {
        @if !pieces.is_empty() {
            details id={ (kind) "-" (it.id) } { summary { (ask.say_with(&format!("evidence-{kind}"), &[("count", pieces.len().into())])) }
                ul.lines { @for piece in pieces.iter().take(PIECES) { li { span { (plain(&piece.path)) } span.soft { (plain(&ask.words.reason(&piece.reason))) } } } }
                @if pieces.len() > PIECES { p.soft { (ask.say_with("more", &[("count", (pieces.len() - PIECES).into())])) } }
            }
        }
    }
}

/// The form that brings evidence: whole without script, in pieces with it.
pub(super) fn bring(ask: &Ask, scene: &Scene, open: &[&ChainAsset]) -> Markup {
    html! {
        section.sheet {
            header { h2 { (ask.say("evidence-bring")) } }
            form.fields method="post" enctype="multipart/form-data" action={ (scene.api("evidence")) "/upload" } data-pieces=(scene.api("evidence")) data-lost=(ask.say("evidence-lost")) {
                (ask.hidden())
                div { label for="about" { (ask.say("evidence-about")) span.soft { (ask.say("evidence-about-hint")) } }
                    input #about name="about" list="machines" maxlength="200" autocomplete="off";
                    datalist #machines { @for it in open { option value=(it.id.as_deref().unwrap_or(&it.host)) { (plain(super::name(scene, it))) } } } }
                div { label for="file" { (ask.say("evidence-file")) span.soft { (ask.say_with("evidence-file-hint", &[("size", ask.size(SIZE_MAX).into())])) } }
                    input #file type="file" name="file" multiple required; }
                progress max="1" value="0" hidden aria-label=(ask.say("evidence-arriving")) {}
                button.do.first { (ask.say("evidence-do")) }
                p.soft { (ask.say("evidence-kinds")) @if let Some(watched) = &ask.app.config.watch { " " (ask.say_with("evidence-watched", &[("folder", plain(&watched.display().to_string()).into_owned().into())])) } }
            }
        }
    }
}
