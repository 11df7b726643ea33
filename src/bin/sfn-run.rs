//! The command line.

use std::process::ExitCode;

/// Values are many and small, and live and die together: see `docs/performance.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    sfn::cli::main()
}
