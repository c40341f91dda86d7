//! A server with what the conformance suite of the protocol asks for, beside a small machine:
//! `cargo run --example conformance -- serve --http 127.0.0.1:8080`
//!
//! Names and contents are those of `@modelcontextprotocol/conformance`; `.ci/clients` runs the suite against it.

mod contents;
mod fixture;
mod inputs;
mod prompts;
mod requests;
mod resources;

use std::process::ExitCode;

use leverframe::cli::Program;

/// A door that a person unlocks.
#[leverframe::machine(serde)]
pub mod door {
    /// How often somebody knocked.
    #[context]
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    pub struct Knocks(u32);
    /// Nobody comes in.
    #[state(initial)]
    pub struct Locked;
    /// Anybody comes in.
    #[state]
    pub struct Open;

    /// Say that somebody is there.
    #[transition(from = Locked)]
    fn knock(knocks: &mut Knocks) {
        knocks.0 += 1;
    }
    /// Let somebody in.
    #[transition(from = Locked, by = human)]
    fn unlock(
        /** Who comes in, and why. */
        reason: String,
    ) -> Open {
        let _ = reason;
        Open
    }
    /// Let nobody in any more.
    #[transition(from = Open)]
    fn lock() -> Locked {
        Locked
    }
}

fn main() -> ExitCode {
    Program::<door::Door>::new()
        .serving(|server| {
            let server = server
                .with_tools(contents::tools())
                .with_tools(requests::tools())
                .with_tools(inputs::tools())
                .with_prompts(prompts::prompts());
            resources::add(server)
        })
        .main()
}
