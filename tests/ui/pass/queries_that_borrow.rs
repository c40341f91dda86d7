#![deny(warnings)]
#[leverframe::machine(serde)]
pub mod lamp {
    #[context]
    #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
    pub struct Notes {
        pub words: Vec<String>,
    }
    #[state(initial)]
    pub struct Off;
    #[state(final)]
    pub struct On {
        pub label: String,
    }
    #[transition(from = Off)]
    fn press(label: String) -> On {
        On { label }
    }
    #[query]
    fn words(notes: &Notes) -> &[String] {
        &notes.words
    }
    #[query]
    fn word(notes: &Notes, number: usize) -> Result<&str, String> {
        notes.words.get(number).map(String::as_str).ok_or_else(|| format!("no word {number}"))
    }
    #[query]
    fn first(notes: &Notes) -> std::option::Option<&'_ String> {
        notes.words.first()
    }
    #[query]
    fn label(on: &On) -> &str {
        &on.label
    }
    #[query]
    fn unit() -> ((), u8) {
        ((), 0)
    }
    #[prompt(On)]
    fn help(on: &On, notes: &Notes, word: Option<String>) -> Result<String, std::num::ParseIntError> {
        word.unwrap_or_default().parse::<u8>().map(|number| format!("{number}{}{notes:?}", on.label))
    }
}
pub fn read(on: &lamp::Lamp<lamp::On>) -> (&str, &[String], Option<&str>) {
    (on.label(), on.words(), on.word(1).ok())
}
