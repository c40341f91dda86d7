//! The commands that copy stores.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::Done;
use super::store::StoreOption;
use super::terminal;
use crate::portable::Portable;

#[derive(Args)]
pub(crate) struct Backup {
    /// The new file
    file: PathBuf,
    #[command(flatten)]
    store: StoreOption,
}

#[derive(Args)]
pub(crate) struct Restore {
    /// The backup
    from: PathBuf,
    #[command(flatten)]
    store: StoreOption,
}

pub(super) async fn backup<M: Portable>(Backup { file, store }: Backup) -> Done {
    let (name, store) = (store.name::<M>()?, store.existing::<M>()?);
    store.backup(&file).await?;
    let copied = format!("copied `{name}` to `{}`", file.display());
    writeln!(io::stdout(), "{}", terminal::line(&copied))?;
    Ok(())
}

pub(super) fn restore<M: Portable>(Restore { from, store }: Restore) -> Done {
    let (name, kept) = (store.name::<M>()?, store.restore::<M>(&from)?);
    let restored = format!("restored `{}` into `{name}`", from.display());
    writeln!(io::stdout(), "{}", terminal::line(&restored))?;
    if let Some(kept) = kept {
        let kept = format!("the replaced content is kept in `{}`", kept.display());
        writeln!(io::stdout(), "{}", terminal::line(&kept))?;
    }
    Ok(())
}
