//! The one table of addresses, and the router made from it.
//!
//! Invariant: nothing is answered that is not in the table; no address stands in it twice.

use std::collections::BTreeMap;

use axum::Router;
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::IntoResponse;
use axum::routing::MethodRouter;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;

use crate::app::App;
use crate::guard::{self, Doors};
use crate::permit::Permission;
use crate::problem::Problem;
use crate::route::Route;
use crate::{live, look, open_api, room};

/// Bytes of a request at most; evidence comes in pieces below it.
const REQUEST_MAX: usize = 64 << 20;
/// Bytes of the form that brings whole files.
const UPLOAD_MAX: usize = room::evidence::SIZE_MAX as usize;

/// Every address.
#[must_use]
pub(crate) fn table() -> Vec<Route> {
    [look::routes(), live::routes(), open_api::routes(), room::routes()].concat()
}

/// Every address with its method and the permission that it takes.
#[must_use]
pub fn addresses() -> Vec<(String, String, Permission)> {
    table().into_iter().map(|it| (it.method.to_string(), it.path.to_owned(), it.permission)).collect()
}

/// The router of the console.
pub(crate) fn router(app: &App) -> Router {
    let routes = table();
    let doors = Doors::new(&routes);
    let mut paths: BTreeMap<&'static str, MethodRouter<App>> = BTreeMap::new();
    for route in routes {
        let methods = paths.remove(route.path).unwrap_or_default();
        paths.insert(route.path, methods.merge(route.handler));
    }
    let mut router = Router::new();
    for (path, methods) in paths {
        let most = if path == room::evidence::UPLOAD { UPLOAD_MAX } else { REQUEST_MAX };
        router = router.route(path, methods.layer(RequestBodyLimitLayer::new(most)));
    }
    router
        .route_layer(from_fn_with_state((app.clone(), doors), guard::inner))
        .fallback(|| async { Problem::missing("there is nothing at this address").into_response() })
        .layer(map_response(as_problem))
        // Event streams and pictures go as they are: its default leaves them alone.
        .layer(CompressionLayer::new())
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(from_fn_with_state(app.clone(), guard::outer))
        .with_state(app.clone())
}

/// What axum itself refuses becomes a problem too.
async fn as_problem(response: axum::response::Response) -> axum::response::Response {
    let status = response.status();
    let json = response.headers().get("content-type").is_some_and(|it| it.as_bytes().ends_with(b"json"));
    if !json
        && (status == axum::http::StatusCode::METHOD_NOT_ALLOWED
            || status == axum::http::StatusCode::PAYLOAD_TOO_LARGE)
    {
        return Problem::new(status, "method", status.canonical_reason().unwrap_or_default()).json();
    }
    response
}
