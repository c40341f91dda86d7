//! Power cuts: all that a process does to its disk is recorded, and the disk is made as it may be afterwards, with what
//! was not synced dropped, in another order, or torn, and with names that came too late or went too early.

use std::path::{Path, PathBuf};

use super::disk::Disk;
use super::scripted::{self, Told};
use super::weather::rounds;
use super::{Folder, report};

/// The store in its folder, both of which the process makes.
const STORE: &str = "new/deep/runs.db";

/// What a process did.
enum Deed {
    Open(PathBuf),
    MakeFolder(PathBuf),
    Write { path: PathBuf, offset: usize, bytes: Vec<u8> },
    SetLength { path: PathBuf, length: usize },
    Sync(PathBuf),
    Unlink(PathBuf),
    Told(Told),
}

/// Lets the script run, and reads from strace what it did below the folder.
fn recorded() -> Vec<Deed> {
    let folder = Folder::new();
    let log = folder.0.join("log");
    let trace = "trace=openat,mkdir,pwrite64,ftruncate,fsync,fdatasync,unlink,rename,write";
    let strace = ["-f", "-qq", "-y", "-xx", "-s", "1000000", "-e", trace, "-o"];
    let arguments = [&strace[..], &[log.to_str().unwrap()]].concat();
    let command = scripted::command("strace", &arguments, &folder.0.join(STORE));
    let (closed, told) = scripted::run(command);
    assert!(closed.is_empty() && told.iter().all(Told::is_kept), "{closed:?} {told:?}");
    let log = std::fs::read_to_string(log).unwrap();
    log.lines().filter_map(|line| deed(&folder.0, line)).collect()
}

/// What a line of strace says, where it says something of the folder.
fn deed(folder: &Path, line: &str) -> Option<Deed> {
    let (call, rest) = line.split_once(' ')?.1.trim_start().split_once('(')?;
    let below = |text: &str| {
        let path = PathBuf::from(String::from_utf8(bytes(text)).ok()?);
        // What is shared among processes is made anew by the first after a power cut.
        let is_shared = path.to_str()?.ends_with("-shm");
        (!is_shared).then(|| path.strip_prefix(folder).ok().map(Path::to_owned))?
    };
    let mut texts = rest.split('"').skip(1).step_by(2);
    if rest.contains(") = -1 ") {
        return None;
    }
    match call {
        "openat" => {
            let path = below(texts.next()?)?;
            return rest.contains("O_CREAT").then_some(Deed::Open(path));
        }
        "mkdir" => return Some(Deed::MakeFolder(below(texts.next()?)?)),
        "unlink" => return Some(Deed::Unlink(below(texts.next()?)?)),
        "rename" => panic!("the disk of these tests knows no other name for a file"),
        "write" => {
            let line = String::from_utf8(bytes(texts.next()?)).ok()?;
            return Told::read(&line).map(Deed::Told);
        }
        _ => {}
    }
    let (path, rest) = rest.split_once('<')?.1.split_once('>')?;
    let path = below(path)?;
    let number = |text: &str| {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<usize>().ok()
    };
    Some(match call {
        "pwrite64" => {
            let mut parts = rest.split('"').skip(1);
            let bytes = bytes(parts.next()?);
            Deed::Write { path, offset: number(parts.next()?.split(", ").nth(2)?)?, bytes }
        }
        "ftruncate" => Deed::SetLength { path, length: number(rest.strip_prefix(", ")?)? },
        _ => Deed::Sync(path),
    })
}

/// The bytes of a text like `\x41\x42`.
fn bytes(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).map(|digits| u8::from_str_radix(digits, 16).unwrap()).collect()
}

/// What is wrong with a store, which has to be seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// It syncs no folder.
    NoFolders,
    /// It does not wait for the disk when it commits.
    NoLog,
}

impl Fault {
    fn forgets(self, path: &Path) -> bool {
        self == Self::NoLog && path.to_str().is_some_and(|path| path.ends_with("-wal"))
    }
}

/// Cuts the power after each deed, as often as makes about `states`, and says what is wrong.
fn power_cuts(fault: Fault, states: usize) -> Result<String, String> {
    let deeds = recorded();
    let each = states.div_ceil(deeds.len());
    let mut disk = Disk::default();
    let (mut told, mut seen, mut random) = (Vec::new(), 0, 0x1234_5678_9abc_def1);
    for deed in deeds {
        match deed {
            Deed::Open(path) => disk.open(path),
            Deed::MakeFolder(path) => disk.make_folder(path),
            Deed::Write { path, offset, bytes } => disk.write(&path, offset, bytes),
            Deed::SetLength { path, length } => disk.set_length(&path, length),
            Deed::Unlink(path) => disk.unlink(path),
            Deed::Sync(path) if fault.forgets(&path) => {}
            Deed::Sync(path) => {
                disk.sync_file(&path);
                if fault != Fault::NoFolders {
                    disk.sync_folder(&path);
                }
            }
            Deed::Told(answer) => told.push(answer),
        }
        for _ in 0..each {
            let folder = Folder::new();
            disk.cut(&folder.0, &mut random);
            scripted::look(&folder.0.join(STORE), &told)
                .map_err(|wrong| format!("state {seen}, after {} told: {wrong}", told.len()))?;
            seen += 1;
        }
    }
    assert_eq!(told.len(), scripted::APPENDS, "the process comes to its end");
    Ok(format!("{seen} states of the disk, {} appends acknowledged, 0 lost", told.len()))
}

#[test]
fn what_was_acknowledged_outlives_a_power_cut() {
    if super::has_strace() {
        let did = power_cuts(Fault::None, rounds(600, 10_000)).unwrap();
        report("power cuts", &did);
    }
}

#[test]
fn what_a_power_cut_takes_is_seen() {
    if !super::has_strace() {
        return;
    }
    for (what, fault, part) in [
        ("a store that does not wait for its disk", Fault::NoLog, "lost"),
        ("folders that are not synced", Fault::NoFolders, "the file is missing"),
    ] {
        let seen = power_cuts(fault, 600).unwrap_err();
        assert!(seen.contains(part), "{what}: {seen}");
        let (state, _) = seen.split_once(": [").unwrap_or((&seen, ""));
        report("seeded", &format!("{what}: {state}"));
    }
}
