//! The commands about tokens for access over HTTP.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Done;
use super::terminal;
use crate::caller::{Principal, Role};
use crate::http::TokenFile;
use crate::text;

#[derive(Args)]
pub(crate) struct Tokens {
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Add a token, and print it; it cannot be printed again
    Add(Add),
    /// List the tokens
    List(List),
    /// Revoke a token by its id, or all tokens of a name
    Revoke(Revoke),
}

#[derive(Args)]
struct FileOption {
    /// The file of the tokens
    #[arg(long = "tokens", value_name = "FILE")]
    path: PathBuf,
}

#[derive(Args)]
struct Add {
    /// The name of the user or program that gets the token
    name: Principal,
    /// A role: `runs:read`, `runs:write`, `gates:decide` or `admin`
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<Role>,
    #[command(flatten)]
    file: FileOption,
}

#[derive(Args)]
struct List {
    #[command(flatten)]
    file: FileOption,
}

#[derive(Args)]
struct Revoke {
    /// The id of a token, or a name
    #[arg(value_name = "ID|NAME")]
    token: String,
    #[command(flatten)]
    file: FileOption,
}

/// Runs a command.
pub(super) fn run(Tokens { command }: Tokens) -> Done {
    let mut out = io::stdout();
    match command {
        TokenCommand::Add(Add { name, roles, file }) => {
            let token = TokenFile::new(&file.path).add(name, roles)?;
            writeln!(out, "{token}")?;
        }
        TokenCommand::List(List { file }) => {
            for token in TokenFile::new(&file.path).tokens()? {
                let roles: Vec<_> = token.roles.iter().map(|role| role.as_str()).collect();
                let (id, name) = (terminal::line(&token.id), token.name);
                let (created, roles) = (text::time(token.created), roles.join(" "));
                writeln!(out, "{}", format!("{id}  {created}  {name}  {roles}").trim_end())?;
            }
        }
        TokenCommand::Revoke(Revoke { token, file }) => {
            let count = TokenFile::new(&file.path).revoke(&token)?;
            writeln!(out, "revoked tokens: {count}")?;
        }
    }
    Ok(())
}
