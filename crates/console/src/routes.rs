//! The one table of addresses, and the router made from it.
//!
//! Invariant: nothing is answered that is not in the table; no address stands in it twice.

use std::collections::BTreeMap;

use axum::Router;
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::MethodRouter;
use tower_http::compression::CompressionLayer;

use crate::app::App;
use crate::guard::{self, Doors};
use crate::permit::Permission;
use crate::route::Route;
use crate::{live, look, metrics, open_api, problem, room};

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
        paths.insert(route.path, methods.merge(route.bounded()));
    }
    let mut router = Router::new();
    for (path, methods) in paths {
        router = router.route(path, methods);
    }
    router
        .route_layer(from_fn_with_state((app.clone(), doors), guard::inner))
        .fallback(guard::nothing)
        .layer(map_response(problem::of_text))
        // Event streams and pictures go as they are: its default leaves them alone.
        .layer(CompressionLayer::new())
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(from_fn_with_state(app.clone(), guard::outer))
        .layer(from_fn_with_state(app.clone(), metrics::count))
        .with_state(app.clone())
}
