//! One address: method, path, the permission that it takes, what it is for.
//!
//! Invariant: the description of the API, the guard and the router are made from the same rows.

use std::convert::Infallible;
use std::time::Duration;

use axum::http::Method;
use axum::middleware::from_fn;
use axum::routing::{MethodFilter, MethodRouter, on};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::app::App;
use crate::body;
use crate::permit::Permission;

/// Schemas that a route names, by name.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// Bytes of a body at most, unless the route says otherwise; files come another way.
pub const BODY_MAX: usize = 1 << 20;
/// Of a larger body, something arrives within this time.
const PAUSE: Duration = Duration::from_secs(20);

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
    /// What its query may hold.
    pub query: Vec<Parameter>,
    /// Media type of its body, where that is not JSON.
    pub body: Option<&'static str>,
    /// Media types of its good answer, besides the JSON that it gives.
    pub kinds: Vec<&'static str>,
    /// Fields that the good answer holds this once, each with its JSON type.
    pub once: &'static [(&'static str, &'static str)],
    /// Whether its answer is made as it is sent, so that it has no ETag.
    pub streamed: bool,
    /// Whether it is a line that stays open and goes on after `Last-Event-ID`; an account may have too many.
    pub resumes: bool,
    /// Whether `If-Match` is heeded.
    pub matched: bool,
    /// Bytes of a request at most.
    pub most: usize,
    /// Status of a good answer.
    pub status: u16,
    /// Whether it is 201 where there was nothing before.
    pub or_made: bool,
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
        Route {
            method,
            path,
            permission,
            summary: "",
            takes: None,
            gives: None,
            query: Vec::new(),
            body: None,
            kinds: Vec::new(),
            once: &[],
            streamed: false,
            resumes: false,
            matched: false,
            most: BODY_MAX,
            status: 200,
            or_made: false,
            schemas: Vec::new(),
            handler,
        }
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

    /// Says that its JSON answer has the schema of that name, which the description holds in any case.
    #[must_use]
    pub fn gives_named(mut self, name: &str) -> Route {
        self.gives = Some((name.to_owned(), false));
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

    /// Says what its query may hold.
    #[must_use]
    pub fn asks<T: IntoParams>(mut self) -> Route {
        self.query.extend(T::into_params(|| Some(ParameterIn::Query)));
        self
    }

    /// Says that its body is of that media type, with so many bytes at most.
    #[must_use]
    pub fn brings(mut self, kind: &'static str, most: usize) -> Route {
        (self.body, self.most) = (Some(kind), most);
        self
    }

    /// Says that a good answer may be of that media type.
    #[must_use]
    pub fn also(mut self, kind: &'static str) -> Route {
        self.kinds.push(kind);
        self
    }

    /// Says which fields the good answer holds this once, each with its JSON type.
    #[must_use]
    pub fn once(mut self, fields: &'static [(&'static str, &'static str)]) -> Route {
        self.once = fields;
        self
    }

    /// Says that its answer is made as it is sent, so that it has no ETag.
    #[must_use]
    pub fn streamed(mut self) -> Route {
        self.streamed = true;
        self
    }

    /// Says that it is a line that stays open and goes on after `Last-Event-ID`.
    #[must_use]
    pub fn resumes(mut self) -> Route {
        self.resumes = true;
        self
    }

    /// Whether its answer has an ETag that `If-None-Match` takes.
    #[must_use]
    pub fn tagged(&self) -> bool {
        self.method == Method::GET && self.gives.is_some() && !self.streamed
    }

    /// Says that it refuses an edit whose `If-Match` is not the version that stands.
    #[must_use]
    pub fn matched(mut self) -> Route {
        self.matched = true;
        self
    }

    /// Says that a good answer has status 201 where there was nothing before.
    #[must_use]
    pub fn or_made(mut self) -> Route {
        self.or_made = true;
        self
    }

    /// Says the status of a good answer.
    #[must_use]
    pub fn status(mut self, status: u16) -> Route {
        self.status = status;
        self
    }

    /// Whether it is a write whose answer is kept under an idempotency key.
    #[must_use]
    pub fn keyed(&self) -> bool {
        self.method == Method::POST && self.body.is_none()
    }

    /// Says that a good answer leads back to a page.
    #[must_use]
    pub fn leads(mut self) -> Route {
        self.status = 303;
        self
    }

    /// The handler behind its bounds: so many bytes, in so much time.
    pub fn bounded(&self) -> MethodRouter<App> {
        let handler = self.handler.clone();
        if self.most > BODY_MAX {
            let pause = RequestBodyTimeoutLayer::new(PAUSE);
            return handler.layer::<_, Infallible>(pause).layer(RequestBodyLimitLayer::new(self.most));
        }
        handler.layer(from_fn(body::whole))
    }

    fn name<T: ToSchema>(&mut self) -> String {
        let name = T::name().into_owned();
        self.schemas.push((name.clone(), <T as PartialSchema>::schema()));
        T::schemas(&mut self.schemas);
        name
    }
}
