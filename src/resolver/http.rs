//! Services behind a URL: the input is posted, the answer's body is the result.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response, StatusCode, Url};

use super::{Answer, Call, Ends, Resolver, Updates};
use crate::engine::limits::CAUSE;
use crate::engine::{Failure, TaskRequest};
use crate::value::Json;

/// Bytes of an answer's body that are taken, whatever the profile says of payloads: what is kept in memory.
const BODY: usize = 64 << 20;
/// How long it may take to reach a server, so that one that is not there is told of soon.
const CONNECT: Duration = Duration::from_secs(10);
/// How long an answer may take when nobody has said otherwise: what a Lambda function has.
const TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// A URL to which the input of a task is posted as JSON, once for each attempt.
///
/// - Headers `X-Sfn-State`, `X-Sfn-Resource`, `X-Sfn-Retry-Count` and, where there is one, `X-Sfn-Task-Token` tell about
///   the attempt. Connections are kept and used again.
/// - A status from 200 to 299 is success and the body is the result: JSON, or nothing at all for `null`. Anything else
///   there is `Http.InvalidOutput`.
/// - Any other status is a failure, called as an HTTP Task calls it (Step Functions Developer Guide, § Call HTTPS APIs):
///   `States.Http.StatusCode.404`, with the body as the cause. A service names its own error with an error output of the
///   States Language as the body, `{"Error": "…", "Cause": "…"}`, or with Lambda's, `{"errorType": "…",
///   "errorMessage": "…"}`.
/// - A server that cannot be reached, or does not answer in time, is `States.Http.Socket`.
/// - Redirects are not followed: what was posted is for that URL. A task that is cancelled lets go of the connection.
#[derive(Clone, Debug)]
pub struct Http {
    url: Url,
    headers: HeaderMap,
    timeout: Duration,
}

/// A URL or a header that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The text is no URL of that kind.
    #[error("`{url}` is no http:// or https:// URL: {problem}")]
    Url {
        /// The text.
        url: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A header cannot be sent.
    #[error("`{name}` cannot be sent as a header: {problem}")]
    Header {
        /// The name of the header. Its value may be a secret.
        name: String,
        /// Whether its name or its value is the problem.
        problem: &'static str,
    },
}

impl Http {
    /// Posts to that URL.
    ///
    /// # Errors
    /// When the text is no URL that begins with `http://` or `https://`.
    pub fn new(url: &str) -> Result<Self, HttpError> {
        let wrong = |problem: String| HttpError::Url {
            url: url.to_owned(),
            problem,
        };
        let parsed = Url::parse(url).map_err(|error| wrong(error.to_string()))?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(wrong("it begins otherwise".to_owned()));
        }
        Ok(Self {
            url: parsed,
            headers: HeaderMap::new(),
            timeout: TIMEOUT,
        })
    }

    /// Sends that header with each request.
    ///
    /// # Errors
    /// When name or value has characters that a header cannot have.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, HttpError> {
        let wrong = |problem| HttpError::Header {
            name: name.to_owned(),
            problem,
        };
        let field: HeaderName = name.parse().map_err(|_| wrong("it is no header's name"))?;
        let value = value
            .parse()
            .map_err(|_| wrong("its value has control characters"))?;
        self.headers.insert(field, value);
        Ok(self)
    }

    /// Waits that long for an answer, its body included; otherwise 15 minutes. The task's own `TimeoutSeconds` holds
    /// besides.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    async fn run(self, request: Arc<TaskRequest>) -> Answer {
        let client = CLIENT.as_ref().map_err(|problem| socket(problem.clone()))?;
        let mut headers = told_of(&request);
        headers.extend(self.headers.clone());
        let post = client
            .post(self.url.clone())
            .timeout(self.timeout)
            .headers(headers)
            .body(request.input.to_string());
        let response = post
            .send()
            .await
            .map_err(|error| self.unreachable(&error))?;
        let status = response.status();
        let body = self.body(response).await?;
        if status.is_success() {
            self.result(&body)
        } else {
            Err(failure(status, &body))
        }
    }

    /// Reads the body, and no further than anybody will keep.
    async fn body(&self, mut response: Response) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.unreachable(&error))?
        {
            if body.len() + chunk.len() > BODY {
                return Err(self.invalid(&format!("more than {BODY} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn result(&self, body: &[u8]) -> Answer {
        if body.trim_ascii().is_empty() {
            return Ok(Json::Null);
        }
        Json::parse(body)
            .map_err(|error| self.invalid(&format!("something that is not JSON: {error}")))
    }

    fn invalid(&self, what: &str) -> Failure {
        let cause = format!("{} answered {what}", self.shown());
        Failure::new("Http.InvalidOutput", cause)
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let url = self.shown();
        if error.is_timeout() && !error.is_connect() {
            let seconds = self.timeout.as_secs_f64();
            return socket(format!("{url} did not answer within {seconds} seconds"));
        }
        // The innermost reason says most: "connection refused", "certificate expired".
        let mut reason: &dyn std::error::Error = error;
        while let Some(source) = reason.source() {
            reason = source;
        }
        let what = if error.is_connect() && has_proxy() {
            "cannot be reached: is the server running there, and should a proxy of the environment be used for it (NO_PROXY)?"
        } else if error.is_connect() {
            "cannot be reached: is the server running there?"
        } else {
            "broke off its answer"
        };
        socket(format!("{url} {what} ({reason})"))
    }

    /// The URL without the secrets that it may carry.
    fn shown(&self) -> String {
        let mut url = self.url.clone();
        url.set_query(None);
        url.set_fragment(None);
        // Neither fails for a URL that has a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.to_string()
    }
}

impl Resolver for Http {
    fn call(&self, request: &Arc<TaskRequest>, _updates: &Updates) -> Call {
        Call::later(self.clone().run(request.clone()))
    }

    /// A service that was given a token answers with it; others would be waited for in vain.
    fn ends(&self, _request: &TaskRequest) -> Ends {
        Ends::Call
    }
}

/// One client for the process: it keeps connections.
static CLIENT: LazyLock<Result<Client, String>> = LazyLock::new(|| {
    // Another part of the program may have chosen one already, which is as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(concat!("sfn/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|error| format!("no HTTP client can be made: {error}"))
});

/// Whether the environment names a proxy.
fn has_proxy() -> bool {
    let names = [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ];
    names
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

fn told_of(request: &TaskRequest) -> HeaderMap {
    let retry_count = request.retry_count.to_string();
    let told = [
        ("x-sfn-state", Some(request.state_name.as_str())),
        ("x-sfn-resource", Some(request.resource.text.as_str())),
        ("x-sfn-retry-count", Some(retry_count.as_str())),
        (
            "x-sfn-task-token",
            request.token.as_ref().map(|token| token.as_str()),
        ),
    ];
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, text) in told {
        // A state's name may have characters that no header can carry: then it is not told.
        let value = text.and_then(|text| HeaderValue::from_bytes(text.as_bytes()).ok());
        if let Some(value) = value {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    headers
}

fn socket(cause: impl Into<Arc<str>>) -> Failure {
    Failure::new("States.Http.Socket", cause)
}

fn failure(status: StatusCode, body: &[u8]) -> Failure {
    if let Some(failure) = named(body) {
        return failure;
    }
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    let cause = if text.is_empty() {
        status.to_string()
    } else {
        text.to_owned()
    };
    Failure::new(
        format!("States.Http.StatusCode.{}", status.as_u16()),
        cut(&cause),
    )
}

/// An error that the service names itself.
fn named(body: &[u8]) -> Option<Failure> {
    let output = Json::parse(body).ok()?;
    let text = |name| {
        output
            .get(name)
            .and_then(Json::as_str)
            .filter(|text| !text.is_empty())
    };
    if let Some(error) = text("Error") {
        return Some(Failure {
            error: Some(error.into()),
            cause: text("Cause").map(|cause| cut(cause).into()),
        });
    }
    // Lambda's whole error output is the cause, as in the service's histories.
    let error = text("errorType")?;
    text("errorMessage")?;
    Some(Failure::new(error, cut(&output.to_string())))
}

/// As much of a cause as a failure may have.
fn cut(cause: &str) -> &str {
    let end = (0..=CAUSE.min(cause.len()))
        .rev()
        .find(|at| cause.is_char_boundary(*at));
    &cause[..end.unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::super::tests::request;
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    /// Posts to a server that gives that answer once; what it was asked comes back too.
    fn post(answer: &'static str) -> (Answer, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/work?key=secret", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = Vec::new();
            let mut chunk = [0; 1024];
            while !asked.ends_with(b"[1]") {
                let count = stream.read(&mut chunk).unwrap();
                asked.extend_from_slice(&chunk[..count]);
            }
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(asked).unwrap()
        });
        let http = Http::new(&url)
            .unwrap()
            .header("Authorization", "Bearer x")
            .unwrap();
        let answer = block_on(&http, "pay");
        (answer, server.join().unwrap())
    }

    fn block_on(http: &Http, resource: &str) -> Answer {
        let request = request(resource, Json::from(vec![Json::from(1)]));
        let Call::Later(work) = http.call(&request, &Updates::ignored(request.ticket)) else {
            panic!("a server takes time")
        };
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(work)
    }

    #[test]
    fn the_input_is_posted_and_the_body_is_the_result() {
        let (answer, asked) =
            post("HTTP/1.1 200 OK\r\ncontent-length: 8\r\nconnection: close\r\n\r\n{\"a\": 1}");
        assert_eq!(answer.unwrap().to_string(), r#"{"a":1}"#);
        let asked = asked.to_lowercase();
        for part in [
            "post /work?key=secret http/1.1",
            "content-type: application/json",
            "x-sfn-state: t",
            "x-sfn-resource: pay",
            "x-sfn-retry-count: 0",
            "authorization: bearer x",
        ] {
            assert!(asked.contains(part), "{part} in {asked}");
        }
    }

    #[test]
    fn no_body_is_null_and_text_is_a_clear_failure() {
        let (answer, _) = post("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
        assert_eq!(answer, Ok(Json::Null));
        let (answer, _) =
            post("HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello");
        let failure = answer.unwrap_err();
        assert_eq!(failure.error(), "Http.InvalidOutput");
        assert!(
            failure
                .cause()
                .contains("/work answered something that is not JSON"),
            "{failure}"
        );
        assert!(!failure.cause().contains("secret"), "{failure}");
    }

    #[test]
    fn a_status_names_the_error_unless_the_body_does() {
        let check = |status, body, expected| {
            assert_eq!(
                failure(StatusCode::from_u16(status).unwrap(), body),
                expected
            );
        };
        check(
            404,
            b"no such order",
            Failure::new("States.Http.StatusCode.404", "no such order"),
        );
        check(
            503,
            b"",
            Failure::new("States.Http.StatusCode.503", "503 Service Unavailable"),
        );
        check(
            302,
            b" ",
            Failure::new("States.Http.StatusCode.302", "302 Found"),
        );
        check(
            402,
            br#"{"Error":"Declined","Cause":"expired"}"#,
            Failure::new("Declined", "expired"),
        );
        let lambda = r#"{"errorType":"KeyError","errorMessage":"'id'"}"#;
        check(500, lambda.as_bytes(), Failure::new("KeyError", lambda));
        check(
            500,
            b"[1]",
            Failure::new("States.Http.StatusCode.500", "[1]"),
        );
    }

    #[test]
    fn a_server_that_is_not_there_is_a_clear_failure() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        let failure = block_on(&Http::new(&url).unwrap(), "pay").unwrap_err();
        assert_eq!(failure.error(), "States.Http.Socket");
        assert!(
            failure
                .cause()
                .contains("cannot be reached: is the server running there?"),
            "{failure}"
        );
    }

    #[test]
    fn urls_and_headers_are_checked() {
        let problem = |url| Http::new(url).unwrap_err().to_string();
        assert_eq!(
            problem("ftp://x"),
            "`ftp://x` is no http:// or https:// URL: it begins otherwise"
        );
        assert!(
            problem("http://").contains("empty host"),
            "{}",
            problem("http://")
        );
        let http = Http::new("http://localhost").unwrap();
        let wrong = http.clone().header("a b", "c").unwrap_err().to_string();
        assert_eq!(
            wrong,
            "`a b` cannot be sent as a header: it is no header's name"
        );
        let wrong = http.header("a", "c\n").unwrap_err().to_string();
        assert_eq!(
            wrong,
            "`a` cannot be sent as a header: its value has control characters"
        );
    }
}
