//! Signals that ask the program to end.

/// Waits until somebody wants the program to end; answers why, as the cause of an abort.
pub(super) async fn signal() -> &'static str {
    tokio::select! {
        () = ctrl_c() => "somebody pressed Ctrl-C",
        () = terminate() => "somebody ended sfn-run",
        () = hang_up() => "the terminal was closed",
    }
}

/// Where the system has no such signals, nobody can send any.
async fn ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

#[cfg(unix)]
async fn terminate() {
    received(tokio::signal::unix::SignalKind::terminate()).await
}

#[cfg(unix)]
async fn hang_up() {
    received(tokio::signal::unix::SignalKind::hangup()).await
}

#[cfg(unix)]
async fn received(kind: tokio::signal::unix::SignalKind) {
    match tokio::signal::unix::signal(kind) {
        Ok(mut signal) => drop(signal.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminate() {
    std::future::pending().await
}

#[cfg(not(unix))]
async fn hang_up() {
    std::future::pending().await
}
