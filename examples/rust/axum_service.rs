//! A web service with axum: an extractor that gives handlers the verified caller, and a middleware
//! that keeps everybody but editors out of a part of it.
//!
//! The service is called in the process, one request at a time; a program that serves hands the same
//! router to `axum::serve`.

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRef, FromRequestParts, Request, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jotem::testing::{Forgery, TestIssuer};
use jotem::{Error, Verified, Verifier};
use serde::{Deserialize, Serialize};
use tower::ServiceExt;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Profile {
    role: String,
}

/// The caller of a request. A handler that names it is not called without a good token.
struct Caller(Verified<Profile>);

/// Why there is no caller.
enum Refusal {
    NoToken,
    Token(Error),
}

fn caller(verifier: &Verifier, headers: &HeaderMap) -> Result<Caller, Refusal> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    // The scheme's letters compare without case (RFC 9110 §11.1).
    let (scheme, token) = header.and_then(|text| text.split_once(' ')).ok_or(Refusal::NoToken)?;
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(Refusal::NoToken);
    }
    verifier.verify(token).map(Caller).map_err(Refusal::Token)
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Verifier: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        caller(&Verifier::from_ref(state), &parts.headers)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, challenge) = match self {
            Self::NoToken => (StatusCode::UNAUTHORIZED, "Bearer".to_owned()),
            Self::Token(error) => {
                let public = error.public();
                let status = match public.error {
                    "server_error" => StatusCode::SERVICE_UNAVAILABLE,
                    _ => StatusCode::UNAUTHORIZED,
                };
                // A program logs error.code() and the error itself here.
                (status, format!("Bearer error=\"{}\"", public.error))
            }
        };
        (status, [(WWW_AUTHENTICATE, challenge)]).into_response()
    }
}

/// Lets editors through, for every route that it is laid over.
async fn editors_only(State(verifier): State<Verifier>, request: Request, next: Next) -> Response {
    match caller(&verifier, request.headers()) {
        Err(refusal) => refusal.into_response(),
        Ok(Caller(verified)) if verified.custom().role == "editor" => next.run(request).await,
        // The token is good; what was asked is not allowed (RFC 6750 §3.1).
        Ok(_) => StatusCode::FORBIDDEN.into_response(),
    }
}

async fn whoami(Caller(verified): Caller) -> String {
    verified.claims().subject().unwrap_or("nobody").to_owned()
}

async fn publish() -> &'static str {
    "published"
}

/// The verifier is the state: it is built once, and cheap to clone.
fn service(verifier: Verifier) -> Router {
    let editors = middleware::from_fn_with_state(verifier.clone(), editors_only);
    Router::new()
        .route("/publish", get(publish).route_layer(editors))
        .route("/whoami", get(whoami))
        .with_state(verifier)
}

/// Sends one request through the service.
fn send(service: &Router, path: &str, authorization: Option<&str>) -> (StatusCode, String) {
    let mut request = Request::builder().uri(path);
    if let Some(value) = authorization {
        request = request.header(AUTHORIZATION, value);
    }
    let answer = pollster::block_on(async {
        let request = request.body(Body::empty()).ok()?;
        service.clone().oneshot(request).await.ok()
    });
    let Some(answer) = answer else { return (StatusCode::BAD_REQUEST, String::new()) };
    let challenge = answer.headers().get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok());
    (answer.status(), challenge.unwrap_or_default().to_owned())
}

fn main() -> Result<(), Error> {
    let issuer = TestIssuer::new()?;
    let service = service(issuer.verifier()?);
    let get = |path, token: &str| send(&service, path, Some(&format!("Bearer {token}")));

    let reader = issuer.token(&Profile { role: "reader".into() })?;
    assert_eq!(get("/whoami", &reader).0, StatusCode::OK);
    assert_eq!(get("/publish", &reader).0, StatusCode::FORBIDDEN);

    let editor = issuer.token(&Profile { role: "editor".into() })?;
    assert_eq!(get("/publish", &editor).0, StatusCode::OK);

    for path in ["/whoami", "/publish"] {
        let refused = (StatusCode::UNAUTHORIZED, "Bearer".to_owned());
        assert_eq!(send(&service, path, None), refused);
        assert_eq!(send(&service, path, Some("Basic NDI6NDI=")), refused);
        for forgery in Forgery::ALL {
            let (status, challenge) = get(path, &issuer.forge(forgery)?);
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{forgery:?}");
            assert_eq!(challenge, "Bearer error=\"invalid_token\"", "{forgery:?}");
        }
    }
    Ok(())
}

#[test]
fn the_program_runs() -> Result<(), Error> {
    main()
}
