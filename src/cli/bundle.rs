//! The command that writes a bundle: a zip file with a program and a manifest, which clients install by a click.
//!
//! The manifest is that of <https://github.com/modelcontextprotocol/mcpb/blob/main/MANIFEST.md>.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use rawzip::time::UtcDateTime;
use rawzip::{CompressionMethod, ZipArchiveWriter};
use serde::Serialize;

use super::serve::Serve;
use super::url::Url;
use super::{Done, Program, program_name, terminal};
use crate::mcp::{BuildError, Server};
use crate::portable::Portable;
use crate::runs::Runs;
use crate::store::memory::MemoryStore;

#[derive(Args)]
pub(crate) struct Bundle {
    /// The file to write, such as `note.mcpb`
    file: PathBuf,
    /// The name of whoever publishes the bundle
    #[arg(long, value_name = "NAME")]
    author: String,
    /// The licence of the program, such as `MIT`
    #[arg(long, value_name = "SPDX")]
    license: Option<String>,
    /// The page of the program
    #[arg(long, value_name = "URL")]
    homepage: Option<Url>,
    /// More arguments for `serve`
    #[arg(last = true, value_name = "ARGUMENT")]
    arguments: Vec<String>,
}

/// Writes the bundle of the program that runs, for the platform on which it runs.
pub(super) fn write<M: Portable<Context: Default>>(command: &Bundle, program: Program<M>) -> Done {
    let manifest = serde_json::to_vec_pretty(&Manifest::new(command, program)?)?;
    let path = &command.file;
    let mut next = path.clone().into_os_string();
    next.push(".next");
    let next = PathBuf::from(next);
    let written = archive(&next, &manifest, &std::env::current_exe()?);
    if let Err(error) = written.and_then(|()| Ok(fs::rename(&next, path)?)) {
        // The error of writing is the one that matters.
        let _ = fs::remove_file(&next);
        return Err(error);
    }
    let (shown, size) = (terminal::line(&path.display().to_string()), fs::metadata(path)?.len());
    Ok(writeln!(io::stdout(), "wrote `{shown}`, {size} bytes, for {}", platform())?)
}

fn archive(path: &Path, manifest: &[u8], program: &Path) -> Result<(), Box<dyn Error>> {
    let mut file = BufWriter::new(File::create(path)?);
    let mut archive = ZipArchiveWriter::new(&mut file);
    member(&mut archive, "manifest.json", 0o644, manifest)?;
    member(&mut archive, &entry_point(), 0o755, File::open(program)?)?;
    archive.finish()?;
    Ok(file.into_inner()?.sync_all()?)
}

fn member(
    archive: &mut ZipArchiveWriter<impl Write>,
    name: &str,
    permissions: u32,
    mut content: impl Read,
) -> Result<(), Box<dyn Error>> {
    let file = archive.new_file(name).compression_method(CompressionMethod::DEFLATE);
    let file = file.unix_permissions(permissions);
    // The same program gives the same bundle at any time, so that its hash can be checked.
    let file = match UtcDateTime::from_components(1980, 1, 1, 0, 0, 0, 0) {
        Some(epoch) => file.last_modified(epoch),
        None => file,
    };
    let (mut entry, config) = file.start()?;
    let mut data = config.wrap(DeflateEncoder::new(&mut entry, Compression::default()));
    io::copy(&mut content, &mut data)?;
    let (encoder, descriptor) = data.finish()?;
    encoder.finish()?;
    entry.finish(descriptor)?;
    Ok(())
}

/// Where the program is in the bundle.
fn entry_point() -> String {
    format!("server/{}{}", program_name(), std::env::consts::EXE_SUFFIX)
}

/// The platform, by the name that a manifest has for it.
fn platform() -> &'static str {
    if cfg!(windows) {
        "win32"
    } else if cfg!(target_os = "macos") {
        "darwin"
    } else {
        "linux"
    }
}

#[derive(Serialize)]
struct Manifest {
    #[serde(rename = "manifest_version")]
    form: &'static str,
    name: String,
    display_name: &'static str,
    version: &'static str,
    description: &'static str,
    author: Author,
    #[serde(skip_serializing_if = "Option::is_none")]
    homepage: Option<String>,
    server: Launch,
    tools: Vec<ToolEntry>,
    prompts_generated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    license: Option<String>,
    compatibility: Compatibility,
}

#[derive(Serialize)]
struct Author {
    name: String,
}

#[derive(Serialize)]
struct Launch {
    r#type: &'static str,
    entry_point: String,
    mcp_config: Start,
}

#[derive(Serialize)]
struct Start {
    command: String,
    args: Vec<String>,
}

#[derive(Serialize)]
struct ToolEntry {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

#[derive(Serialize)]
struct Compatibility {
    platforms: [&'static str; 1],
}

impl Manifest {
    fn new<M: Portable<Context: Default>>(
        command: &Bundle,
        program: Program<M>,
    ) -> Result<Self, BundleError> {
        let arguments: Vec<_> =
            ["serve".to_owned()].into_iter().chain(command.arguments.iter().cloned()).collect();
        Serve::check(&arguments)?;
        let version = program.version;
        let runs = Runs::<M>::new(Arc::new(MemoryStore::new()));
        let server = (program.serving)(Server::builder(runs)).build()?;
        let tools = server.tools().into_iter().map(|tool| ToolEntry {
            name: tool.name.into_owned(),
            description: tool.description.map(std::borrow::Cow::into_owned),
        });
        Ok(Self {
            form: "0.3",
            name: program_name(),
            display_name: M::CHART.name(),
            version,
            description: description::<M>().ok_or(BundleError::Undocumented)?,
            author: Author { name: command.author.clone() },
            homepage: command.homepage.as_ref().map(|url| url.as_str().to_owned()),
            server: Launch {
                r#type: "binary",
                entry_point: entry_point(),
                mcp_config: Start {
                    command: format!("${{__dirname}}/{}", entry_point()),
                    args: arguments,
                },
            },
            tools: tools.collect(),
            prompts_generated: !server.prompts().is_empty(),
            license: command.license.clone(),
            compatibility: Compatibility { platforms: [platform()] },
        })
    }
}

/// The first line of the machine's documentation.
pub(super) fn description<M: Portable>() -> Option<&'static str> {
    M::CHART.docs().lines().map(str::trim).find(|line| !line.is_empty())
}

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
enum BundleError {
    #[error(transparent)]
    Arguments(#[from] super::serve::ServeArgumentsError),
    #[error(transparent)]
    Server(#[from] BuildError),
    #[error(
        "the machine has no documentation, and a bundle needs a description; write a comment `///` before the module"
    )]
    Undocumented,
}
