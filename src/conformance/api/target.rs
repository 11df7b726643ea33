//! Where calls go: a service in this process, or a server elsewhere.

use std::sync::Arc;

use crate::aws::Place;
use crate::server::{Service, Settings};
use crate::value::Json;

/// What came back: a response, or a refusal's code, text and status.
pub(super) type Reply = Result<Json, Refusal>;

/// What a client sees of a refusal.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) code: String,
    pub(super) message: String,
    pub(super) status: u16,
}

/// The account that the requests of recordings name.
const ACCOUNT: &str = "000000000000";

pub(super) enum Target {
    Here(Arc<Service>),
    There {
        client: reqwest::Client,
        url: String,
    },
}

impl Target {
    pub(super) fn new(endpoint: Option<&str>) -> Self {
        match endpoint {
            Some(url) => Self::There {
                client: reqwest::Client::new(),
                url: url.to_owned(),
            },
            None => Self::Here(Service::new(Settings {
                place: Place {
                    account: ACCOUNT.into(),
                    ..Place::default()
                },
                ..Settings::default()
            })),
        }
    }

    pub(super) async fn call(&self, operation: &str, request: &Json) -> Reply {
        match self {
            Self::Here(service) => {
                let refused = |error: crate::aws::Error| Refusal {
                    code: error.code.to_string(),
                    message: error.message,
                    status: error.code.status(),
                };
                service.call(operation, request).await.map_err(refused)
            }
            Self::There { client, url } => posted(client, url, operation, request).await,
        }
    }
}

async fn posted(client: &reqwest::Client, url: &str, operation: &str, request: &Json) -> Reply {
    let unreachable = |error: reqwest::Error| Refusal {
        code: "Unreachable".to_owned(),
        message: error.to_string(),
        status: 0,
    };
    let sent = client
        .post(url)
        .header("X-Amz-Target", format!("AWSStepFunctions.{operation}"))
        .header("Content-Type", "application/x-amz-json-1.0")
        .body(request.to_string())
        .send()
        .await
        .map_err(unreachable)?;
    let status = sent.status();
    let text = sent.text().await.map_err(unreachable)?;
    let body = Json::parse(&text).unwrap_or_default();
    if status.is_success() {
        return Ok(body);
    }
    let member = |name: &str| body.get(name).and_then(Json::as_str).unwrap_or_default();
    Err(Refusal {
        code: member("__type").to_owned(),
        message: member("message").to_owned(),
        status: status.as_u16(),
    })
}
