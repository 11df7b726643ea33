//! Signals that ask the program to end.

/// Waits until somebody wants the program to end; answers why, as the cause of an abort.
pub(super) async fn signal() -> &'static str {
    tokio::select! {
        () = ctrl_c() => "somebody pressed Ctrl-C",
        () = terminate() => "somebody ended sfn-run",
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
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => drop(signal.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminate() {
    std::future::pending().await
}
