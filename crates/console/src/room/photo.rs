//! Photographs of levers, shown on their cut cards: where it is and what it looks like.
//!
//! Invariant: what is kept and given out was drawn anew from the pixels: no metadata, no bytes of the sender; a picture
//! larger than [`PIXELS_MAX`] is refused before it is unpacked.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::PathBuf;

use assess::Said;
use axum::extract::{Multipart, Path};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};
use maud::{Markup, html};
use sha2::{Digest, Sha256};
use store::entity::{Attachment, AttachmentKind, AttachmentState};
use store::{Instant, new_id};

use crate::app::App;
use crate::ask::Ask;
use crate::parts::{Parts, broken, bytes};
use crate::permit::Permission;
use crate::problem::{Problem, Result};
use crate::route::Route;

/// Pixels of a picture at most.
const PIXELS_MAX: u64 = 12_000_000;
/// Bytes of a picture that is sent at most.
const BYTES_MAX: usize = 20 << 20;
/// Longer side of a picture that is kept.
const SIDE_MAX: u32 = 1_600;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/levers/{lever}/photo", Permission::Read, give)
            .about("The photograph of a lever")
            .also("image/jpeg"),
        Route::post("/api/v1/levers/{lever}/photo", Permission::Act, take)
            .about("Bring a photograph of a lever, JPEG or PNG: `_csrf`, then `file`; it takes the place of the one before")
            .brings("multipart/form-data", BYTES_MAX + (1 << 20))
            .leads(),
    ]
}

/// The latest photograph of each lever.
///
/// # Errors
/// When the store does not answer.
pub(crate) async fn photos(ask: &Ask) -> Result<BTreeMap<String, Attachment>> {
    let all = ask.app.store.all::<Attachment>().await?.into_iter();
    let photos = all.filter(|it| it.kind == AttachmentKind::Photo);
    Ok(photos.filter_map(|it| Some((it.about.clone()?, it))).collect())
}

/// The picture on a card.
pub(crate) fn shown(ask: &Ask, lever: &str, photo: Option<&Attachment>) -> Markup {
    html! {
        @if let Some(photo) = photo {
            img src={ "/api/v1/levers/" (lever) "/photo?" (photo.id) } alt=(ask.say_with("photo-of", &[("lever", lever.into())])) loading="lazy";
        }
    }
}

/// The form that brings one.
pub(crate) fn form(ask: &Ask, lever: &str) -> Markup {
    html! {
        details id={ "photo-" (lever) } { summary { (ask.say("photo-bring")) }
            form.fields method="post" enctype="multipart/form-data" action={ "/api/v1/levers/" (lever) "/photo" } {
                (ask.hidden())
                label { (ask.say("photo-file")) input type="file" name="file" accept="image/jpeg,image/png" required; }
                button.do.small { (ask.say("photo-do")) }
            }
        }
    }
}

fn file(app: &App, photo: &str) -> PathBuf {
    app.config.data.join("photos").join(format!("{photo}.jpg"))
}

async fn give(ask: Ask, Path(lever): Path<String>) -> Result<Response> {
    let photo = photos(&ask).await?.remove(&lever);
    let photo = photo.ok_or_else(|| Problem::missing(Said::new("refusal-no-photo")))?;
    let bytes = tokio::fs::read(file(&ask.app, &photo.id)).await.map_err(|error| Problem::inside(&error))?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "private, max-age=86400")], bytes)
        .into_response())
}

async fn take(ask: Ask, Path(lever): Path<String>, mut form: Multipart) -> Result<Response> {
    let map = ask.app.shelf.latest(&ask.app.store).await?;
    if !map.is_some_and(|sheet| sheet.map.levers.iter().any(|it| it.id == lever)) {
        return Err(Problem::missing(Said::new("refusal-no-lever-photo")));
    }
    let large = || Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "large", Said::new("refusal-photo-large"));
    let (mut parts, mut sent) = (Parts::of(&ask), None);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let Some(field) = parts.sift(&ask, field).await? else { continue };
        if field.name() == Some("file") {
            sent = Some(bytes(field, BYTES_MAX, large).await?);
        }
    }
    let sent = sent.ok_or_else(|| Problem::bad(Said::new("refusal-photo-none")))?;
    let drawn = tokio::task::spawn_blocking(move || redraw(sent))
        .await
        .map_err(|error| Problem::inside(&error))??;
    keep(&ask, &lever, &drawn).await?;
    Ok(Redirect::to(parts.back.as_deref().unwrap_or("/folder")).into_response())
}

async fn keep(ask: &Ask, lever: &str, drawn: &[u8]) -> Result<()> {
    let size = i64::try_from(drawn.len()).unwrap_or(i64::MAX);
    let photo = Attachment {
        id: new_id(),
        version: 0,
        incident: None,
        kind: AttachmentKind::Photo,
        about: Some(lever.to_owned()),
        name: "photo.jpg".to_owned(),
        size,
        arrived: size,
        sha256: Some(
            Sha256::digest(drawn).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}")),
        ),
        state: AttachmentState::Kept,
        reading: None,
        author: ask.visitor.name().to_owned(),
        at: Instant::from(ask.wall),
    };
    let path = file(&ask.app, &photo.id);
    tokio::fs::create_dir_all(path.parent().unwrap_or(&path)).await?;
    tokio::fs::write(&path, drawn).await?;
    let mut change = ask.begin().await?;
    change.add(photo).await?;
    change.commit().await?;
    Ok(())
}

/// A JPEG made anew from the pixels of a JPEG or PNG, upright, no larger than needed.
fn redraw(sent: Vec<u8>) -> Result<Vec<u8>> {
    let bad = |error: image::ImageError| {
        Problem::bad(Said::new("refusal-photo-unreadable").with("why", error.to_string()))
    };
    let mut reader =
        ImageReader::new(Cursor::new(sent)).with_guessed_format().map_err(|error| Problem::inside(&error))?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png)) {
        return Err(Problem::bad(Said::new("refusal-photo-kind")));
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(PIXELS_MAX * 16);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(bad)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(Problem::bad(Said::new("refusal-photo-pixels")));
    }
    let upright = decoder.orientation().map_err(bad)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(bad)?;
    picture.apply_orientation(upright);
    if width.max(height) > SIDE_MAX {
        picture = picture.thumbnail(SIDE_MAX, SIDE_MAX);
    }
    let mut drawn = Cursor::new(Vec::new());
    DynamicImage::from(picture.to_rgb8()).write_to(&mut drawn, ImageFormat::Jpeg).map_err(bad)?;
    Ok(drawn.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_picture_is_drawn_anew_without_what_else_was_in_it() {
        let mut sent = png(8, 4);
        sent.extend_from_slice(b"48.8566 N, 2.3522 E");
        let drawn = redraw(sent).unwrap();
        assert!(drawn.starts_with(&[0xff, 0xd8]) && !drawn.windows(7).any(|it| it == b"48.8566"));
        let again = image::load_from_memory(&drawn).unwrap();
        assert_eq!((again.width(), again.height()), (8, 4));
        let small = image::load_from_memory(&redraw(png(3_200, 10)).unwrap()).unwrap();
        assert_eq!(small.width(), SIDE_MAX);
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_refused() {
        // A header that announces 100,000 by 100,000 pixels.
        let mut bomb = png(8, 8);
        bomb[16..24].copy_from_slice(&[0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0]);
        for sent in [b"<svg onload=alert(1)>".to_vec(), b"GIF89a".to_vec(), Vec::new(), bomb] {
            assert_eq!(redraw(sent).unwrap_err().status, StatusCode::UNPROCESSABLE_ENTITY);
        }
    }
}
