//! The command that writes the configuration of an MCP client.

mod client;
mod edit;
mod file;

use std::error::Error;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use chrono::Utc;
use clap::Args;
use similar::TextDiff;

use self::client::{Client, Environment, Platform, Scope, Target};
use self::edit::{EditError, Entry, Syntax};
use self::file::ConfigFile;
use super::serve::Serve;
use super::store::StoreOption;
use super::url::Url;
use super::{Done, program_name, terminal};

#[derive(Args)]
pub(crate) struct Install {
    /// The client
    #[arg(value_enum, required_unless_present = "print")]
    client: Option<Client>,
    /// The name of the server in the client [default: the name of this program]
    #[arg(long, value_name = "NAME")]
    name: Option<ServerName>,
    /// Whose configuration is changed
    #[arg(long, value_enum, default_value = "user")]
    scope: Scope,
    /// The configuration file, if it is not where the client has it by default
    #[arg(long, value_name = "FILE", conflicts_with = "scope")]
    file: Option<PathBuf>,
    #[command(flatten)]
    store: StoreOption,
    /// Let the client call a server that runs, such as `http://127.0.0.1:8080/mcp`, instead of starting one
    #[arg(long = "http", value_name = "URL", conflicts_with_all = ["store", "arguments"])]
    url: Option<Url>,
    /// Remove the server from the configuration
    #[arg(long, visible_alias = "uninstall", conflicts_with_all = ["store", "url", "print", "arguments"])]
    remove: bool,
    /// Print the configuration instead of writing it; without a client, in the form that most clients read
    #[arg(long)]
    print: bool,
    /// Write without asking
    #[arg(long, short)]
    yes: bool,
    /// More arguments for `serve`, with absolute paths
    #[arg(last = true, value_name = "ARGUMENT")]
    arguments: Vec<String>,
}

/// Shows the change of the client's configuration, asks, and writes it.
pub(super) fn install(options: &Install) -> Done {
    let name = match &options.name {
        Some(name) => name.clone(),
        None => program_name().parse().map_err(InstallError::Name)?,
    };
    let Some(client) = options.client else {
        // The form of Cursor is the one that most clients have copied.
        let entry = Client::Cursor.entry(&target(options)?)?;
        return print(Client::Cursor, &name, &entry);
    };
    let path = path(options, client)?;
    if options.print {
        terminal::note(&format!("this belongs into `{}`", path.display()));
        return print(client, &name, &client.entry(&target(options)?)?);
    }
    let entry = if options.remove { None } else { Some(client.entry(&target(options)?)?) };
    let file = ConfigFile::read(&path)?;
    let new = changed(file.content(), client, &name, entry.as_ref());
    let new = new.map_err(|source| InstallError::Configuration { path: path.clone(), source })?;
    if new == file.content() {
        let is = if options.remove { "has no such server" } else { "has this server" };
        writeln!(io::stdout(), "`{}` {is} already; nothing changes", shown(&path))?;
        return Ok(());
    }
    show_diff(&path, file.content(), &new)?;
    if !options.yes && !is_confirmed()? {
        return Err(InstallError::Declined(path).into());
    }
    let backup = file.replace(&new, Utc::now())?;
    let mut out = io::stdout();
    let fate = match backup {
        Some(backup) => format!("; the old file is `{}`", shown(&backup)),
        None => ", which is new".to_owned(),
    };
    writeln!(out, "wrote `{}`{fate}", shown(&path))?;
    Ok(writeln!(out, "next: {}", client.next_step())?)
}

/// The configuration with the server, or without it if there is no entry.
fn changed(
    text: &str,
    client: Client,
    name: &ServerName,
    entry: Option<&Entry>,
) -> Result<String, EditError> {
    let (syntax, servers) = (client.syntax(), client.servers());
    match entry {
        Some(entry) => edit::with_server(text, syntax, servers, &name.0, entry),
        None => edit::without_server(text, syntax, servers, &name.0),
    }
}

fn print(client: Client, name: &ServerName, entry: &Entry) -> Done {
    let text = edit::with_server("", Syntax::Json, client.servers(), &name.0, entry)?;
    Ok(write!(io::stdout(), "{text}")?)
}

fn path(options: &Install, client: Client) -> Result<PathBuf, Box<dyn Error>> {
    if let Some(file) = &options.file {
        return Ok(file.clone());
    }
    let project = std::env::current_dir()?;
    let environment = Environment {
        platform: Platform::present(),
        variable: &|name| std::env::var_os(name),
        project: &project,
    };
    Ok(client.file(options.scope, &environment)?)
}

/// How the client reaches this program, from any folder.
fn target(options: &Install) -> Result<Target, Box<dyn Error>> {
    if let Some(url) = &options.url {
        return Ok(Target::Url(url.as_str().to_owned()));
    }
    let text = |path: PathBuf| {
        path.into_os_string().into_string().map_err(|path| InstallError::NotText(path.into()))
    };
    let mut arguments = vec!["serve".to_owned()];
    if let Some(store) = options.store.absolute()? {
        arguments.extend(["--store".to_owned(), text(store)?]);
    }
    arguments.extend(options.arguments.iter().cloned());
    Serve::check(&arguments)?;
    Ok(Target::Command { program: text(std::env::current_exe()?)?, arguments })
}

fn show_diff(path: &Path, old: &str, new: &str) -> io::Result<()> {
    let path = path.display().to_string();
    let diff = TextDiff::from_lines(old, new);
    let diff = diff.unified_diff().header(&path, &path).to_string();
    let mut out = io::stdout();
    diff.lines().try_for_each(|line| writeln!(out, "{}", terminal::line(line)))
}

/// Asks the person at the terminal. Without one, nobody agrees.
fn is_confirmed() -> io::Result<bool> {
    let input = io::stdin();
    if !input.is_terminal() {
        return Ok(false);
    }
    write!(io::stderr(), "write this change? [y/N] ")?;
    let mut answer = String::new();
    input.lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn shown(path: &Path) -> String {
    terminal::line(&path.display().to_string())
}

/// The name of a server, which every client takes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ServerName(String);

impl FromStr for ServerName {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let is_valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if (1..=64).contains(&text.len()) && text.chars().all(is_valid) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidName(text.to_owned()))
        }
    }
}

/// A text that some clients do not take as a name.
#[derive(Debug, thiserror::Error)]
#[error("`{}` cannot name a server; a name has 1 to 64 of the letters a-z and A-Z, digits, `-` and `_`", crate::text::shortened(.0))]
struct InvalidName(String);

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
enum InstallError {
    #[error("the program's name is no name for a server; give one by `--name`")]
    Name(#[source] InvalidName),
    #[error("the path `{}` is not text; move it to a path in UTF-8", .0.display())]
    NotText(PathBuf),
    #[error("`{}` was left as it is; correct it, or write into it what `--print` prints", path.display())]
    Configuration { path: PathBuf, source: EditError },
    #[error("`{}` was left as it is; `--yes` writes the change without asking", .0.display())]
    Declined(PathBuf),
}
