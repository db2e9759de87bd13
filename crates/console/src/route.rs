//! One address: method, path, the permission that it takes, what it is for.
//!
//! Invariant: the description of the API, the guard and the router are made from the same rows.

use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::app::App;
use crate::permit::Permission;

/// Schemas that a route names, by name.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// One address.
#[derive(Clone)]
pub struct Route {
    /// HTTP method.
    pub method: Method,
    /// Path, `{parameters}` in braces.
    pub path: &'static str,
    /// What it takes.
    pub permission: Permission,
    /// What it is for, in English; on the API's page.
    pub summary: &'static str,
    /// Name of the schema of its JSON body.
    pub takes: Option<String>,
    /// Name of the schema of its JSON answer, and whether it is a list of them.
    pub gives: Option<(String, bool)>,
    /// Status of a good answer.
    pub status: u16,
    /// Schemas named.
    pub schemas: Schemas,
    /// The handler.
    pub handler: MethodRouter<App>,
}

impl Route {
    fn new<H, T>(method: Method, path: &'static str, permission: Permission, handler: H) -> Route
    where
        H: axum::handler::Handler<T, App>,
        T: 'static,
    {
        let filter = match method {
            Method::POST => MethodFilter::POST,
            Method::PUT => MethodFilter::PUT,
            Method::DELETE => MethodFilter::DELETE,
            _ => MethodFilter::GET,
        };
        let handler = on(filter, handler);
        let (takes, gives, schemas) = (None, None, Vec::new());
        Route { method, path, permission, summary: "", takes, gives, status: 200, schemas, handler }
    }

    /// A page, or a part of the API to read.
    pub fn get<H, T>(path: &'static str, permission: Permission, handler: H) -> Route
    where
        H: axum::handler::Handler<T, App>,
        T: 'static,
    {
        Route::new(Method::GET, path, permission, handler)
    }

    /// A write.
    pub fn post<H, T>(path: &'static str, permission: Permission, handler: H) -> Route
    where
        H: axum::handler::Handler<T, App>,
        T: 'static,
    {
        Route::new(Method::POST, path, permission, handler)
    }

    /// A write of bytes at a place.
    pub fn put<H, T>(path: &'static str, permission: Permission, handler: H) -> Route
    where
        H: axum::handler::Handler<T, App>,
        T: 'static,
    {
        Route::new(Method::PUT, path, permission, handler)
    }

    /// Says what it is for.
    #[must_use]
    pub fn about(mut self, summary: &'static str) -> Route {
        self.summary = summary;
        self
    }

    /// Says what its JSON body is.
    #[must_use]
    pub fn takes<T: ToSchema>(mut self) -> Route {
        self.takes = Some(self.name::<T>());
        self
    }

    /// Says what its JSON answer is.
    #[must_use]
    pub fn gives<T: ToSchema>(mut self) -> Route {
        self.gives = Some((self.name::<T>(), false));
        self
    }

    /// Says that its JSON answer is a list.
    #[must_use]
    pub fn gives_list<T: ToSchema>(mut self) -> Route {
        self.gives = Some((self.name::<T>(), true));
        self
    }

    /// Says that a good answer has status 201.
    #[must_use]
    pub fn makes<T: ToSchema>(mut self) -> Route {
        self.status = 201;
        self.gives::<T>()
    }

    fn name<T: ToSchema>(&mut self) -> String {
        let name = T::name().into_owned();
        self.schemas.push((name.clone(), <T as PartialSchema>::schema()));
        T::schemas(&mut self.schemas);
        name
    }
}
