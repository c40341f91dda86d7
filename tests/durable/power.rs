//! Power cuts: every write and sync of a process is recorded, and the file is made as the disk may have it afterwards,
//! with what was not synced dropped, in another order, or torn.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use leverframe::store::sqlite::{Fault, SqliteStore};

use super::damage::{FAULT, FILE};
use super::weather::rounds;
use super::{Folder, all, name, said};

/// What a disk writes at once.
const SECTOR: usize = 512;

/// What a process did.
enum Deed {
    Write { file: String, offset: usize, bytes: Vec<u8> },
    Cut { file: String, length: usize },
    Sync { file: String },
    Unlink { file: String },
    Told { version: usize, text: String },
}

/// Lets the writer run, and reads from strace what it did to its store.
fn recorded(fault: Fault) -> Vec<Deed> {
    let folder = Folder::new();
    let log = folder.0.join("log");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-y", "-xx", "-s", "1000000", "-o"]).arg(&log);
    command.args(["-e", "trace=pwrite64,fsync,fdatasync,ftruncate,write,unlink"]);
    command.arg(std::env::current_exe().unwrap());
    command.args(["--exact", "durable::damage::writer_on_a_failing_disk", "--nocapture"]);
    command.args(["--test-threads", "1"]).env(FILE, folder.file());
    if fault == Fault::SyncNormal {
        command.env(FAULT, "1");
    }
    assert!(command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success());
    let log = std::fs::read_to_string(log).unwrap();
    log.lines().filter_map(deed).collect()
}

fn deed(line: &str) -> Option<Deed> {
    let (call, rest) = line.split_once(' ')?.1.trim_start().split_once('(')?;
    let file = |text: &str| {
        let path = String::from_utf8(bytes(text)).ok()?;
        let name = Path::new(&path).file_name()?.to_str()?.to_owned();
        (name.starts_with("runs.db") && !name.ends_with("-shm")).then_some(name)
    };
    if call == "unlink" {
        return Some(Deed::Unlink { file: file(rest.split('"').nth(1)?)? });
    }
    let path = rest.split_once('<')?.1.split_once('>')?;
    let number = |text: &str| {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<usize>().ok()
    };
    match call {
        "write" => {
            let text = String::from_utf8(bytes(path.1.split('"').nth(1)?)).ok()?;
            let (version, text) = text.trim_end().split_once("kept ")?.1.split_once(' ')?;
            Some(Deed::Told { version: version.parse().ok()?, text: text.to_owned() })
        }
        "pwrite64" => {
            let mut parts = path.1.split('"');
            let bytes = bytes(parts.nth(1)?);
            let offset = number(parts.next()?.rsplit(", ").next()?)?;
            Some(Deed::Write { file: file(path.0)?, offset, bytes })
        }
        "ftruncate" => {
            Some(Deed::Cut { file: file(path.0)?, length: number(path.1.strip_prefix(", ")?)? })
        }
        _ => Some(Deed::Sync { file: file(path.0)? }),
    }
}

/// The bytes of a text like `\x41\x42`.
fn bytes(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).map(|digits| u8::from_str_radix(digits, 16).unwrap()).collect()
}

/// What a disk has of a file for certain, and what it may have.
#[derive(Default, Clone)]
struct Disk {
    synced: Vec<u8>,
    pending: Vec<(usize, Vec<u8>)>,
}

impl Disk {
    fn sync(&mut self) {
        for (offset, bytes) in self.pending.drain(..) {
            put(&mut self.synced, offset, &bytes);
        }
    }

    /// One of the files that may be there after a power cut.
    fn cut(&self, random: &mut u64) -> Vec<u8> {
        let mut file = self.synced.clone();
        let mut sectors: Vec<(usize, &[u8])> = Vec::new();
        for (offset, bytes) in &self.pending {
            let chunks = bytes.chunks(SECTOR).enumerate();
            sectors.extend(chunks.map(|(place, chunk)| (offset + place * SECTOR, chunk)));
        }
        // Sometimes all, sometimes none, mostly a part of them.
        let odds = draw(random) % 5;
        for place in (1..sectors.len()).rev() {
            let other = usize::try_from(draw(random)).unwrap() % (place + 1);
            sectors.swap(place, other);
        }
        for (offset, bytes) in sectors {
            match draw(random) % 5 {
                kept if kept < odds => put(&mut file, offset, bytes),
                4 => put(&mut file, offset, &bytes[..bytes.len() / 2]),
                _ => {}
            }
        }
        file
    }
}

fn put(file: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    file.resize(file.len().max(offset + bytes.len()), 0);
    file[offset..offset + bytes.len()].copy_from_slice(bytes);
}

fn draw(random: &mut u64) -> u64 {
    *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    *random >> 40
}

/// Cuts the power after each deed, as often as makes about `states`, and says what is wrong.
fn power_cuts(fault: Fault, states: usize) -> Result<(), String> {
    let deeds = recorded(fault);
    let each = states.div_ceil(deeds.len());
    let mut disks: BTreeMap<String, Disk> = BTreeMap::new();
    let (mut told, mut seen, mut random) = (Vec::new(), 0, 0x1234_5678_9abc_def1);
    for deed in deeds {
        match deed {
            Deed::Write { file, offset, bytes } => {
                disks.entry(file).or_default().pending.push((offset, bytes));
            }
            Deed::Cut { file, length } => {
                let disk = disks.entry(file).or_default();
                disk.sync();
                disk.synced.resize(length, 0);
            }
            Deed::Sync { file } => disks.entry(file).or_default().sync(),
            Deed::Unlink { file } => drop(disks.remove(&file)),
            Deed::Told { version, text } => told.push((version, text)),
        }
        for _ in 0..each {
            let folder = Folder::new();
            for (file, disk) in &disks {
                std::fs::write(folder.0.join(file), disk.cut(&mut random)).unwrap();
            }
            look(&folder, &told).map_err(|wrong| format!("state {seen}: {wrong}"))?;
            seen += 1;
        }
    }
    eprintln!("{seen} power cuts, {} records acknowledged, none lost", told.len());
    if told.len() < 30 { Err("the writer did not come to its end".to_owned()) } else { Ok(()) }
}

/// Opens what is left, which checks the whole file, and looks for what was acknowledged.
fn look(folder: &Folder, told: &[(usize, String)]) -> Result<(), String> {
    let store = SqliteStore::open(&folder.file()).map_err(|error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        format!("{error}: {cause:?}")
    })?;
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let records = runtime.block_on(all(&store, &name("main")));
    let texts: Vec<_> = records.map_err(|error| error.to_string())?.iter().map(said).collect();
    match told.iter().find(|(version, text)| texts.get(*version) != Some(text)) {
        Some((version, _)) => Err(format!("record {version} is lost")),
        None => Ok(()),
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_acknowledged_outlives_a_power_cut() {
    if !super::has_strace() {
        return;
    }
    power_cuts(Fault::None, rounds(600, 10_000)).unwrap();
    let seen = power_cuts(Fault::SyncNormal, 600).unwrap_err();
    assert!(seen.contains("lost"), "a store that does not wait for the disk is seen: {seen}");
}
