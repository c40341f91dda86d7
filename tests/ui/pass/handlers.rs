//! Handlers of all kinds: moving and internal, fallible and not, with all that they may take.
#![deny(warnings)]
#![allow(unused_parens)]
#[leverframe::machine]
pub mod lamp {
    #[derive(Debug)]
    pub enum Reason {
        Dark,
    }
    impl std::fmt::Display for Reason {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("dark")
        }
    }
    #[context]
    #[derive(Default)]
    pub struct Notes {
        pub words: Vec<String>,
    }
    #[state(initial)]
    #[derive(Default)]
    pub struct Off {
        pub label: String,
    }
    #[state]
    pub struct On(pub String);
    #[state(final)]
    pub struct Broken;
    #[transition(from = Off)]
    fn press(off: &mut Off) -> self::On {
        On(core::mem::take(&mut off.label))
    }
    #[transition(from = On)]
    fn press(on: &mut self::On) -> Off {
        Off { label: core::mem::take(&mut on.0) }
    }
    #[transition(from = On)]
    fn read(on: &On, notes: &Notes, word: String) -> Result<Off, Reason> {
        match notes.words.contains(&word) || on.0 == word {
            true => Ok(Off::default()),
            false => Err(Reason::Dark),
        }
    }
    #[transition(from = Off)]
    fn read(word: String) -> Result<(), Reason> {
        drop(word);
        Err(Reason::Dark)
    }
    #[transition(from = [Off, On])]
    fn note(word: String, notes: &mut Notes) {
        notes.words.push(word);
    }
    #[transition(from = _)]
    const fn hit() -> std::result::Result<Broken, String> {
        Ok(Broken)
    }
    #[transition(from = On)]
    fn hold(on: &mut On, notes: &mut Notes) -> () {
        notes.words.push(core::mem::take(&mut on.0));
    }
    #[transition(from = On)]
    fn restart(mut label: (String)) -> On {
        label.push('!');
        On(label)
    }
    fn helper() {}
    impl Notes {
        pub fn help(&self) {
            helper();
        }
    }
}
pub fn walk() -> Result<lamp::Lamp<lamp::Off>, lamp::Refused<lamp::On>> {
    let mut off = lamp::Lamp::new(lamp::Notes::default());
    off.note("light".into());
    let _ = off.read("dark".into()).map_err(|refusal: lamp::Refusal| refusal.to_string());
    let mut on = off.press();
    on.hold();
    on.restart("label".into()).read("light".into())
}
