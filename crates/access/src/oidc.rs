//! Log-in through the hospital's identity provider: OpenID Connect 1.0, authorisation code with PKCE.
//!
//! A [`Provider`] is discovered anew for each of the two requests of a log-in, so that keys changed over
//! there are known here. What [`Provider::begin`] gives back is kept (sealed in a cookie, or in the store)
//! until the browser returns, and is then used up.
//!
//! Invariants: a person is given back only from an ID token that the provider signed with an asymmetric key,
//! for this client alone, for this very log-in (nonce, state, PKCE), now; `now` comes in.

use std::fmt::{self, Debug, Formatter};
use std::path::PathBuf;
use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod, CoreErrorResponseType,
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse,
    CoreTokenType,
};
use openidconnect::url::Url;
use openidconnect::{
    AdditionalClaims, AuthType, AuthorizationCode, ClaimsVerificationError, Client, ClientId, ClientSecret,
    CsrfToken, DiscoveryError, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IdTokenClaims, IdTokenFields, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, Scope, StandardErrorResponse, StandardTokenResponse, TokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::fetch::{FetchError, Web, WebError, is_this_machine, reasons};
use crate::secret::same;

/// How long a person may take at the provider.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);
/// How far the provider's clock may be ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_mins(2);
/// Signatures that are taken: none that the client's secret could make.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// What is known of the provider beforehand.
#[derive(Clone)]
pub struct Settings {
    /// Its issuer, letter for letter as in its discovery document.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there, if it gave one.
    pub client_secret: Option<String>,
    /// Where it sends browsers back: an address of ours, as registered there.
    pub redirect: String,
    /// Scopes to ask for beyond `openid profile email`.
    pub scopes: Vec<String>,
    /// The claim that holds a person's groups, often `groups`.
    pub groups_claim: String,
    /// A PEM file of authorities to trust beside the system's.
    pub authorities: Option<PathBuf>,
    /// The proxy to go through.
    pub proxy: Option<String>,
}

/// A provider that answered.
pub struct Provider {
    settings: Settings,
    web: Web,
    client: Relying,
}

/// What must be kept from the one request to the other. Seal it: it holds secrets.
#[derive(Clone, Deserialize, Serialize)]
pub struct Pending {
    state: String,
    nonce: String,
    verifier: String,
    since: Timestamp,
}

/// Who logged in, as the provider says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Person {
    /// The issuer: with the subject, the one thing that never changes.
    pub issuer: String,
    /// The person's id there.
    pub subject: String,
    /// The name to log in with.
    pub login: Option<String>,
    /// The name to show.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// Whether the provider says that the address is the person's.
    pub email_verified: bool,
    /// The groups; nothing when the token does not speak of them, which is not the same as none.
    pub groups: Option<Vec<String>>,
}

/// Why nobody is logged in.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// A setting cannot be used.
    #[error("the identity provider's {setting} cannot be used: {why}. Correct it in the settings.")]
    Setting {
        /// Which.
        setting: &'static str,
        /// Why.
        why: String,
    },
    /// No answer came.
    #[error(
        "the identity provider cannot be reached: {why}. Check its address and the firewall; if its \
         certificate is of the hospital's own authority, name that authority's file in the settings."
    )]
    Unreachable {
        /// Why.
        why: String,
    },
    /// Its answer is not what the standard says.
    #[error("the identity provider's answer cannot be used: {why}. Ask those who run it.")]
    Answer {
        /// Why.
        why: String,
    },
    /// The browser came back too late, or with what another log-in began.
    #[error("this log-in was begun in another window or too long ago. Begin again.")]
    Stale,
    /// It did not give a token for the code.
    #[error(
        "the identity provider refused the code: {why}. Check our name, our secret and our return \
         address over there."
    )]
    Refused {
        /// What it said.
        why: String,
    },
    /// Its token does not prove who logged in.
    #[error(
        "the identity provider's token is not accepted: {why}. Begin again; if it stays so, compare the \
         clocks and our settings over there."
    )]
    Token {
        /// Why.
        why: String,
    },
}

/// Claims that the standard does not name.
#[derive(Debug, Deserialize, Serialize)]
struct Extra {
    #[serde(flatten)]
    claims: Map<String, Value>,
}

impl AdditionalClaims for Extra {}

type Fields = IdTokenFields<
    Extra,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

type Relying = Client<
    Extra,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

impl Debug for Settings {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

impl Debug for Provider {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Debug for Pending {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").field("since", &self.since).finish_non_exhaustive()
    }
}

impl Provider {
    /// Asks the provider for its addresses and keys.
    ///
    /// # Errors
    ///
    /// Says which setting cannot be used, or what came of the call.
    pub async fn discover(settings: Settings) -> Result<Self, OidcError> {
        let issuer = usable("issuer", &settings.issuer)?;
        usable("return address", &settings.redirect)?;
        let redirect = RedirectUrl::new(settings.redirect.clone())
            .map_err(|error| setting("return address", &error.to_string()))?;
        let plain = issuer.scheme() == "http";
        let web = Web::new(settings.authorities.as_deref(), settings.proxy.as_deref(), plain).await.map_err(
            |error| match &error {
                WebError::Authorities(why) => setting("file of authorities", why),
                WebError::Proxy(why) => setting("proxy", why),
                WebError::Tls(why) => OidcError::Unreachable { why: why.clone() },
            },
        )?;
        let issuer =
            IssuerUrl::new(settings.issuer.clone()).map_err(|error| setting("issuer", &error.to_string()))?;
        let metadata =
            CoreProviderMetadata::discover_async(issuer, &web).await.map_err(|error| match &error {
                DiscoveryError::Request(_) => OidcError::Unreachable { why: reasons(&error) },
                _ => OidcError::Answer { why: reasons(&error) },
            })?;
        usable("log-in page", metadata.authorization_endpoint().as_str())
            .map_err(|error| OidcError::Answer { why: error.to_string() })?;
        let posted = metadata
            .token_endpoint_auth_methods_supported()
            .is_some_and(|methods| !methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let client = Relying::from_provider_metadata(
            metadata,
            ClientId::new(settings.client_id.clone()),
            settings.client_secret.clone().map(ClientSecret::new),
        )
        .set_redirect_uri(redirect)
        .set_auth_type(if posted { AuthType::RequestBody } else { AuthType::BasicAuth });
        Ok(Self { settings, web, client })
    }

    /// The address to send the browser to, and what to keep until it comes back.
    #[must_use]
    pub fn begin(&self, now: Timestamp) -> (String, Pending) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let asked = ["profile", "email"].into_iter().chain(self.settings.scopes.iter().map(String::as_str));
        let (address, state, nonce) = self
            .client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(asked.map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        let pending = Pending {
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            since: now,
        };
        (address.into(), pending)
    }

    /// Who came back with this `state` and `code`.
    ///
    /// # Errors
    ///
    /// When the browser does not come from this log-in, or the provider's token does not prove who it is.
    pub async fn finish(
        &self,
        pending: Pending,
        state: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<Person, OidcError> {
        let age = now.duration_since(pending.since);
        if !same(pending.state.as_bytes(), state.as_bytes()) || age > PATIENCE || age < -AHEAD {
            return Err(OidcError::Stale);
        }
        let answer = self
            .client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|_| OidcError::Answer { why: "it names no address for tokens".to_owned() })?
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier))
            .request_async(&self.web)
            .await
            .map_err(exchange_error)?;
        let Some(token) = answer.id_token() else {
            return Err(OidcError::Answer { why: "it gave no ID token".to_owned() });
        };
        let verifier = self
            .client
            .id_token_verifier()
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || SystemTime::from(now).into())
            .set_issue_time_verifier_fn(move |issued| {
                let issued =
                    Timestamp::try_from(SystemTime::from(issued)).map_err(|error| error.to_string())?;
                let late = issued.duration_since(now) > AHEAD;
                if late { Err(format!("it was issued at {issued}, which is to come")) } else { Ok(()) }
            });
        let claims =
            token.claims(&verifier, &Nonce::new(pending.nonce)).map_err(|error| token_error(&error))?;
        match claims.authorized_party() {
            Some(party) if party.as_str() != self.settings.client_id => {
                Err(OidcError::Token { why: "it was made for another client".to_owned() })
            }
            _ => Ok(person(claims, &self.settings.groups_claim)),
        }
    }
}

fn person(claims: &IdTokenClaims<Extra, CoreGenderClaim>, groups_claim: &str) -> Person {
    let groups = claims.additional_claims().claims.get(groups_claim).and_then(|groups| match groups {
        Value::String(group) => Some(vec![group.clone()]),
        Value::Array(groups) => {
            Some(groups.iter().filter_map(|group| group.as_str().map(str::to_owned)).collect())
        }
        _ => None,
    });
    Person {
        issuer: claims.issuer().as_str().to_owned(),
        subject: claims.subject().as_str().to_owned(),
        login: claims.preferred_username().map(|login| login.as_str().to_owned()),
        name: claims.name().and_then(|name| name.get(None)).map(|name| name.as_str().to_owned()),
        email: claims.email().map(|email| email.as_str().to_owned()),
        email_verified: claims.email_verified().unwrap_or(false),
        groups,
    }
}

/// An https address, or one of this machine.
fn usable(name: &'static str, text: &str) -> Result<Url, OidcError> {
    let url = Url::parse(text).map_err(|error| setting(name, &error.to_string()))?;
    let here = url.scheme() == "http" && url.host_str().is_some_and(is_this_machine);
    if url.scheme() == "https" || here {
        Ok(url)
    } else {
        Err(setting(name, &format!("{text} does not begin with https://")))
    }
}

fn setting(setting: &'static str, why: &str) -> OidcError {
    OidcError::Setting { setting, why: why.to_owned() }
}

fn exchange_error(
    error: RequestTokenError<FetchError, StandardErrorResponse<CoreErrorResponseType>>,
) -> OidcError {
    match &error {
        RequestTokenError::ServerResponse(answer) => OidcError::Refused { why: answer.to_string() },
        RequestTokenError::Request(_) => OidcError::Unreachable { why: reasons(&error) },
        _ => OidcError::Answer { why: reasons(&error) },
    }
}

fn token_error(error: &ClaimsVerificationError) -> OidcError {
    OidcError::Token { why: reasons(error) }
}
