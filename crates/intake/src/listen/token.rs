//! The token of a request, whichever way a shipper sends it.
//!
//! Invariant: a token is never logged nor kept.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The token: after `Bearer`; after `ApiKey`, as it is or as the secret of `id:secret` in base64; or the password of
/// `Basic`.
pub(super) fn of(headers: &HeaderMap) -> Option<Vec<String>> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    let rest = rest.trim();
    let secret = || {
        let decoded = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
        Some(decoded.split_once(':')?.1.to_owned())
    };
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Some(vec![rest.to_owned()]),
        "apikey" => Some(secret().into_iter().chain([rest.to_owned()]).collect()),
        "basic" => Some(vec![secret()?]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_in_three_ways() {
        let read = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, value.parse().expect("a header"));
            of(&headers)
        };
        let both = STANDARD.encode("shipper:s3cret");
        assert_eq!(read("Bearer s3cret"), Some(vec!["s3cret".to_owned()]));
        assert_eq!(read("bearer  s3cret"), Some(vec!["s3cret".to_owned()]));
        assert_eq!(read(&format!("Basic {both}")), Some(vec!["s3cret".to_owned()]));
        assert_eq!(read(&format!("ApiKey {both}")).expect("a token")[0], "s3cret");
        assert_eq!(read("ApiKey s3cret"), Some(vec!["s3cret".to_owned()]));
        assert_eq!(read("Basic ?"), None);
        assert_eq!(read("Digest x"), None);
    }
}
