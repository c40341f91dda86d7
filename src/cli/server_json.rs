//! The command that prints the entry of a server in the MCP registry.
//!
//! Its form is that of <https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json>.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::bundle::description;
use super::url::Url;
use super::{Done, terminal};
use crate::portable::Portable;
use crate::text;

const SCHEMA: &str = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json";

/// The maximum number of characters that the registry takes of a description.
const DESCRIPTION: usize = 100;

#[derive(Args)]
pub(crate) struct ServerJson {
    /// The name of the server in the registry, such as `io.github.ada/note`
    name: RegistryName,
    /// A bundle and the URL from which clients get it; once for each platform
    #[arg(long = "bundle", value_name = "FILE=URL", required_unless_present = "remotes")]
    bundles: Vec<Published>,
    /// The URL of a server that runs
    #[arg(long = "remote", value_name = "URL")]
    remotes: Vec<Url>,
    /// The repository of the sources, at GitHub or GitLab
    #[arg(long, value_name = "URL")]
    repository: Option<Url>,
    /// What the server does, in at most 100 characters [default: the first line of the machine's documentation]
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
}

/// Prints the entry. The hashes are those of the bundles as they are now.
pub(super) fn print<M: Portable>(command: &ServerJson, version: &'static str) -> Done {
    let given = command.description.as_deref().or_else(|| description::<M>());
    let description = given.unwrap_or_default();
    let length = description.chars().count();
    if !(1..=DESCRIPTION).contains(&length) {
        return Err(EntryError::Description { length }.into());
    }
    let packages = command.bundles.iter().map(|bundle| bundle.package(version));
    let entry = Entry {
        schema: SCHEMA,
        name: &command.name.0,
        title: M::CHART.name(),
        description,
        version,
        repository: command.repository.as_ref().map(Repository::new).transpose()?,
        packages: packages.collect::<Result<_, _>>()?,
        remotes: command.remotes.iter().map(|url| Remote::new(url.as_str())).collect(),
    };
    let (mut out, json) = (io::stdout(), serde_json::to_string_pretty(&entry)?);
    Ok(json.lines().try_for_each(|line| writeln!(out, "{}", terminal::json(line)))?)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    name: &'a str,
    title: &'static str,
    description: &'a str,
    version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<Repository<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    packages: Vec<Package<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remotes: Vec<Remote<'a>>,
}

#[derive(Serialize)]
struct Repository<'a> {
    url: &'a str,
    source: &'static str,
}

impl<'a> Repository<'a> {
    fn new(url: &'a Url) -> Result<Self, EntryError> {
        let source = match url.host().as_str() {
            "github.com" => "github",
            "gitlab.com" => "gitlab",
            _ => return Err(EntryError::Repository(url.as_str().to_owned())),
        };
        Ok(Self { url: url.as_str(), source })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Package<'a> {
    registry_type: &'static str,
    identifier: &'a str,
    version: &'static str,
    file_sha256: String,
    transport: Transport,
}

#[derive(Serialize)]
struct Transport {
    r#type: &'static str,
}

#[derive(Serialize)]
struct Remote<'a> {
    r#type: &'static str,
    url: &'a str,
}

impl<'a> Remote<'a> {
    fn new(url: &'a str) -> Self {
        Self { r#type: "streamable-http", url }
    }
}

/// A bundle, and where it is published.
#[derive(Clone)]
struct Published {
    file: PathBuf,
    url: Url,
}

impl Published {
    fn package(&self, version: &'static str) -> Result<Package<'_>, EntryError> {
        Ok(Package {
            registry_type: "mcpb",
            identifier: self.url.as_str(),
            version,
            file_sha256: hash(&self.file)?,
            transport: Transport { r#type: "stdio" },
        })
    }
}

impl FromStr for Published {
    type Err = InvalidPublished;

    fn from_str(text: &str) -> Result<Self, InvalidPublished> {
        let (file, url) = text.split_once('=').ok_or(InvalidPublished)?;
        let url: Url = url.parse().map_err(|_| InvalidPublished)?;
        if file.is_empty() || !url.as_str().starts_with("https://") {
            return Err(InvalidPublished);
        }
        Ok(Self { file: file.into(), url })
    }
}

/// A text that does not name a bundle and its URL.
#[derive(Debug, thiserror::Error)]
#[error(
    "write a file and a URL, such as `note.mcpb=https://github.com/ada/note/releases/download/v1/note.mcpb`"
)]
struct InvalidPublished;

fn hash(path: &Path) -> Result<String, EntryError> {
    let content = fs::read(path);
    let content = content.map_err(|source| EntryError::Bundle { path: path.to_owned(), source })?;
    Ok(Sha256::digest(&content).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

/// The name of a server in the registry: a domain from its end, and a name in it.
#[derive(Clone)]
struct RegistryName(String);

impl FromStr for RegistryName {
    type Err = InvalidRegistryName;

    fn from_str(text: &str) -> Result<Self, InvalidRegistryName> {
        let are_valid = |part: &str, more: &str| {
            let is_valid = |c: char| c.is_ascii_alphanumeric() || more.contains(c);
            !part.is_empty() && part.chars().all(is_valid)
        };
        let is_valid = text
            .split_once('/')
            .is_some_and(|(space, name)| are_valid(space, ".-") && are_valid(name, "._-"));
        if is_valid && text.len() <= 200 {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidRegistryName(text.to_owned()))
        }
    }
}

/// A text that the registry does not take as a name.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot name a server in the registry; write a name such as `io.github.ada/note`", text::quoted(.0))]
struct InvalidRegistryName(String);

/// Why there is no entry.
#[derive(Debug, thiserror::Error)]
enum EntryError {
    #[error(
        "the registry takes descriptions of 1 to {DESCRIPTION} characters, and this one has {length}; write another by `--description`"
    )]
    Description { length: usize },
    #[error(
        "the registry knows repositories at GitHub and GitLab, and `{0}` is at neither; leave out `--repository`"
    )]
    Repository(String),
    #[error("the bundle `{}` cannot be read; write it by `bundle`", path.display())]
    Bundle { path: PathBuf, source: io::Error },
}
