//! A machine whose states act on the world: `PAYMENTS=127.0.0.1:8000 cargo run --example checkout -- serve`
//!
//! `PAYMENTS` is the address of a payment service over HTTP. It takes `POST /charges` and `POST /refunds` with the header
//! `Idempotency-Key`, and answers `{"receipt": "…"}`, or `{}` if the card was declined.

mod machine;
mod shop;

use std::process::ExitCode;

use leverframe::cli::Program;

use self::machine::checkout::worker;
use self::shop::Shop;

fn main() -> ExitCode {
    let payments = std::env::var("PAYMENTS").unwrap_or_else(|_| "127.0.0.1:8000".to_owned());
    Program::with_worker(worker(Shop { payments })).main()
}
