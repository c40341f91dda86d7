//! A server with what the conformance suite of the protocol asks for, beside a small machine:
//! `cargo run --example conformance -- serve --http 127.0.0.1:8080`
//!
//! Names and contents are those of `@modelcontextprotocol/conformance`; `.ci/clients` runs the suite against it.

mod contents;
mod entrance;
mod fixture;
mod inputs;
mod prompts;
mod requests;
mod resources;

use std::process::ExitCode;

use leverframe::cli::Program;

use self::entrance::door::Door;

fn main() -> ExitCode {
    Program::<Door>::new()
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
