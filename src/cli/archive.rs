//! The commands that export and import runs.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use clap::Args;

use super::Done;
use super::chosen::RunOption;
use super::progress::Progress;
use super::store::StoreOption;
use super::terminal;
use crate::caller::Principal;
use crate::portable::Portable;
use crate::record::{RunId, RunName};
use crate::runs::{ImportPhase, Runs};
use crate::store::{Archive, export};
use crate::text;

#[derive(Args)]
pub(crate) struct Export {
    #[command(flatten)]
    run: RunOption,
    /// The new file [default: standard output]
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    #[command(flatten)]
    store: StoreOption,
}

#[derive(Args)]
pub(crate) struct Import {
    /// The file, or `-` for standard input
    file: PathBuf,
    /// The name of the run [default: as it was exported]
    #[arg(long = "as", value_name = "NAME")]
    name: Option<RunName>,
    /// The owner of the run [default: as it was exported]
    #[arg(long, value_name = "NAME")]
    owner: Option<Principal>,
    #[command(flatten)]
    store: StoreOption,
}

/// Writes a run as lines of JSON.
pub(super) async fn export_run<M: Portable>(Export { run, to, store }: Export) -> Done {
    let (store, run) = (store.existing::<M>()?, run.id());
    let mut progress = Progress::new("exported");
    let Some(path) = to else {
        let mut out = BufWriter::new(io::stdout());
        export(&*store, &run, &mut out, |done, all| progress.show(done, all)).await?;
        progress.end();
        return Ok(());
    };
    let file =
        created(&path).map_err(|error| format!("cannot create `{}`: {error}", shown(&path)))?;
    let mut out = BufWriter::new(file);
    let done = async {
        let version = export(&*store, &run, &mut out, |done, all| progress.show(done, all)).await?;
        out.get_ref().sync_all()?;
        Ok::<_, Box<dyn std::error::Error>>(version)
    };
    // What was written of it is no export.
    let version = done.await.inspect_err(|_| drop(fs::remove_file(&path)))?;
    progress.end();
    let name = &run.name;
    let said = format!("exported the run `{name}` up to version {version} to `{}`", path.display());
    writeln!(io::stdout(), "{}", terminal::line(&said))?;
    Ok(())
}

/// Adds a run that was exported.
pub(super) async fn import_run<M: Portable<Context: Default>>(
    Import { file, name, owner, store }: Import,
) -> Done {
    let input = if file.as_os_str() == "-" {
        spooled()?
    } else {
        File::open(&file).map_err(|error| format!("cannot open `{}`: {error}", shown(&file)))?
    };
    let archive = Archive::open(input)?;
    let exported = archive.run();
    let to = RunId::new(owner.unwrap_or(exported.owner), name.unwrap_or(exported.name));
    let runs = Runs::<M>::new(store.in_file::<M>()?);
    let shown = Arc::new(Mutex::new((Progress::new("checked"), ImportPhase::Checking)));
    let progress = Arc::clone(&shown);
    let told = move |phase, done, all| {
        let mut shown = progress.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.1 != phase {
            *shown = (Progress::new("imported"), phase);
        }
        shown.0.show(done, all);
    };
    let imported = runs.import(archive, &to, Arc::new(told)).await;
    if let Some(shown) = Arc::into_inner(shown) {
        shown.into_inner().unwrap_or_else(PoisonError::into_inner).0.end();
    }
    let imported = imported?;
    let (RunId { owner, name }, version) = (&imported.run, imported.version);
    writeln!(
        io::stdout(),
        "imported the run `{name}` of `{owner}`, which is at version {version}"
    )?;
    if let Some(unreplayable) = imported.unreplayable {
        terminal::note(&format!(
            "this program cannot go on with the run: {}; its records can be read by `history {name} --owner {owner}`",
            text::chain(&unreplayable)
        ));
    }
    for task in imported.tasks {
        terminal::note(&format!("the task `{task}` had not ended, and starts again"));
    }
    Ok(())
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A new file that its user alone can read: an export holds sensitive values.
fn created(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Standard input as a file without a name, which can be read twice.
fn spooled() -> io::Result<File> {
    let mut number = 0_u32;
    let (path, mut file) = loop {
        let name = format!("leverframe-import-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        match created(&path) {
            Ok(file) => break (path, file),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
    };
    // The file goes with its last handle, where the system can do so.
    let _ = fs::remove_file(&path);
    io::copy(&mut io::stdin().lock(), &mut file)?;
    Ok(file)
}
