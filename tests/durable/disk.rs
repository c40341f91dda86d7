//! A disk that keeps over a power cut what POSIX promises, and no more: contents that were synced, and names whose
//! folder was.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a disk writes at once.
const SECTOR: usize = 512;

/// Files and folders, all below one folder that is certain to be there.
#[derive(Default)]
pub(super) struct Disk {
    nodes: Vec<Node>,
    names: BTreeMap<PathBuf, Name>,
}

/// What a name stands for, whichever names it has.
enum Node {
    Folder,
    File { synced: Vec<u8>, pending: Vec<Change> },
}

/// What a disk may have done to a file, or not.
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Length(usize),
}

/// What a name stands for, for certain and after each change since: a power cut leaves any of them.
#[derive(Default)]
struct Name {
    certain: Option<usize>,
    since: Vec<Option<usize>>,
}

impl Name {
    fn now(&self) -> Option<usize> {
        self.since.last().copied().unwrap_or(self.certain)
    }
}

impl Disk {
    /// Opens a file, and makes it where there is none.
    pub(super) fn open(&mut self, path: PathBuf) {
        self.make(path, Node::File { synced: Vec::new(), pending: Vec::new() });
    }

    pub(super) fn make_folder(&mut self, path: PathBuf) {
        self.make(path, Node::Folder);
    }

    fn make(&mut self, path: PathBuf, node: Node) {
        let name = self.names.entry(path).or_default();
        if name.now().is_none() {
            name.since.push(Some(self.nodes.len()));
            self.nodes.push(node);
        }
    }

    pub(super) fn unlink(&mut self, path: PathBuf) {
        self.names.entry(path).or_default().since.push(None);
    }

    pub(super) fn write(&mut self, path: &Path, offset: usize, bytes: Vec<u8>) {
        self.change(path, Change::Write { offset, bytes });
    }

    pub(super) fn set_length(&mut self, path: &Path, length: usize) {
        self.change(path, Change::Length(length));
    }

    fn change(&mut self, path: &Path, change: Change) {
        match self.node(path) {
            Some(Node::File { pending, .. }) => pending.push(change),
            _ => panic!("a write to what is no file: {}", path.display()),
        }
    }

    fn node(&mut self, path: &Path) -> Option<&mut Node> {
        let node = self.names.get(path)?.now()?;
        self.nodes.get_mut(node)
    }

    /// Makes what is in a file certain, but not its name.
    pub(super) fn sync_file(&mut self, path: &Path) {
        if let Some(Node::File { synced, pending }) = self.node(path) {
            for change in pending.drain(..) {
                match change {
                    Change::Write { offset, bytes } => put(synced, offset, &bytes),
                    Change::Length(length) => synced.resize(length, 0),
                }
            }
        }
    }

    /// Makes the names in a folder certain, but not its own.
    pub(super) fn sync_folder(&mut self, path: &Path) {
        for (_, name) in self.names.iter_mut().filter(|(name, _)| name.parent() == Some(path)) {
            name.certain = name.now();
            name.since.clear();
        }
    }

    /// Makes below `root` what may be there after a power cut.
    pub(super) fn cut(&self, root: &Path, random: &mut u64) {
        // Sometimes each name is as the process saw it last, so that the contents alone are in doubt.
        let is_last = draw(random).is_multiple_of(3);
        for (path, name) in &self.names {
            let may_be = name.since.len() + 1;
            let place = if is_last { may_be - 1 } else { pick(random, may_be) };
            let node = if place == 0 { name.certain } else { name.since[place - 1] };
            let path = root.join(path);
            if !path.parent().unwrap().is_dir() {
                continue;
            }
            match node.map(|node| &self.nodes[node]) {
                Some(Node::Folder) => std::fs::create_dir(path).unwrap(),
                Some(Node::File { synced, pending }) => {
                    std::fs::write(path, left(synced, pending, random)).unwrap();
                }
                None => {}
            }
        }
    }
}

/// What may be left of a file.
fn left(synced: &[u8], pending: &[Change], random: &mut u64) -> Vec<u8> {
    let mut file = synced.to_vec();
    // Sometimes all, sometimes none, mostly a part of them.
    let odds = draw(random) % 5;
    let mut sectors: Vec<(usize, &[u8])> = Vec::new();
    for change in pending {
        match change {
            Change::Write { offset, bytes } => {
                let chunks = bytes.chunks(SECTOR).enumerate();
                sectors.extend(chunks.map(|(place, chunk)| (offset + place * SECTOR, chunk)));
            }
            Change::Length(length) => {
                put_some(&mut file, std::mem::take(&mut sectors), odds, random);
                if draw(random) % 5 < odds {
                    file.resize(*length, 0);
                }
            }
        }
    }
    put_some(&mut file, sectors, odds, random);
    file
}

/// Puts some of the sectors into the file, in any order, and some of them by half.
fn put_some(file: &mut Vec<u8>, mut sectors: Vec<(usize, &[u8])>, odds: u64, random: &mut u64) {
    for place in (1..sectors.len()).rev() {
        sectors.swap(place, pick(random, place + 1));
    }
    for (offset, bytes) in sectors {
        match draw(random) % 5 {
            kept if kept < odds => put(file, offset, bytes),
            4 => put(file, offset, &bytes[..bytes.len() / 2]),
            _ => {}
        }
    }
}

fn put(file: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    file.resize(file.len().max(offset + bytes.len()), 0);
    file[offset..offset + bytes.len()].copy_from_slice(bytes);
}

fn pick(random: &mut u64, of: usize) -> usize {
    usize::try_from(draw(random)).unwrap() % of
}

fn draw(random: &mut u64) -> u64 {
    *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    *random >> 40
}
