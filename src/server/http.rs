//! AWS JSON 1.0 over HTTP: every operation is a POST whose `X-Amz-Target` names it.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use super::{Answer, Service, chance};
use crate::aws::{Code, Error};
use crate::value::Json;

const TARGET: &str = "AWSStepFunctions.";
const CONTENT: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.0");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// Bytes of a request: a definition of 1 MiB with every character escaped, and what is around it.
const BODY: usize = 8 * 1_048_576;

/// The API over HTTP, with `/health` and `/metrics` beside it.
pub fn app(service: Arc<Service>) -> Router {
    Router::new()
        .route("/", post(operation))
        .route("/health", get(|| async { "ok\n" }))
        .route("/metrics", get(metrics))
        .layer(DefaultBodyLimit::max(BODY))
        .with_state(service)
}

async fn metrics(State(service): State<Arc<Service>>) -> Response {
    let kind = HeaderValue::from_static("text/plain; version=0.0.4");
    ([(CONTENT_TYPE, kind)], service.metrics.text()).into_response()
}

async fn operation(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let id = chance::uuid();
    let name = headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok())
        .and_then(|target| target.strip_prefix(TARGET))
        .unwrap_or_default();
    let answer = match read(body) {
        Ok(request) => service.call(name, &request).await,
        Err(error) => Err(error),
    };
    match &answer {
        Ok(_) => tracing::info!(operation = name, request = id, "answered"),
        Err(error) => {
            tracing::info!(operation = name, request = id, code = %error.code, reason = error.message, "refused");
        }
    }
    response(answer, &id)
}

fn read(body: Result<Bytes, BytesRejection>) -> Result<Json, Error> {
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::new(
            Code::RequestEntityTooLarge,
            format!("a request has at most {BODY} bytes"),
        ),
        _ => Error::new(Code::SerializationException, rejection.body_text()),
    })?;
    if body.is_empty() {
        return Ok(Json::object());
    }
    let malformed = |_| {
        Error::new(
            Code::SerializationException,
            "Could not parse request body into json",
        )
    };
    Json::parse(&body).map_err(malformed)
}

fn response(answer: Answer, id: &str) -> Response {
    let (status, body, code) = match answer {
        Ok(body) => (StatusCode::OK, body, None),
        Err(Error { code, message }) => {
            let status = StatusCode::from_u16(code.status());
            let body = Json::from([
                ("__type", Json::from(code.to_string())),
                ("message", message.into()),
            ]);
            // The table has statuses that there are.
            (status.unwrap_or(StatusCode::BAD_REQUEST), body, Some(code))
        }
    };
    let mut response = (status, body.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, CONTENT);
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    if let Some(Ok(code)) = code.map(|code| HeaderValue::from_str(&code.to_string())) {
        headers.insert(ERROR_TYPE, code);
    }
    response
}
