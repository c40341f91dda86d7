//! A documented machine needs no exception from strict lints.
#![deny(warnings, missing_docs, unused, future_incompatible, nonstandard_style, rust_2018_idioms)]
#![deny(missing_debug_implementations, unreachable_pub, unused_qualifications, unused_lifetimes)]
#![deny(elided_lifetimes_in_paths, single_use_lifetimes, trivial_casts, unused_results)]
#![forbid(unsafe_code)]
/// A lamp.
#[leverframe::machine(serde)]
pub mod lamp {
    use serde::{Deserialize, Serialize};
    /// How often it was on.
    #[context]
    #[derive(Debug, Serialize, Deserialize)]
    pub struct Count(u32);
    /// Dark.
    #[state(initial)]
    #[derive(Debug)]
    pub struct Off;
    /// Shining.
    #[state]
    #[derive(Debug)]
    pub struct On {
        /// How bright.
        pub percent: u8,
    }
    /// The bulb is gone.
    #[state(final)]
    #[derive(Debug)]
    pub struct Broken;
    /// Press the switch.
    #[transition(from = Off)]
    fn press(
        count: &mut Count,
        /** How bright. */
        #[default = 100]
        percent: u8,
    ) -> On {
        count.0 += 1;
        On { percent }
    }
    /// Press it again.
    #[transition(from = On)]
    fn press(percent: u8) -> Off {
        let _ = percent;
        Off
    }
    /// Shine less.
    #[transition(from = On)]
    fn dim(on: &mut On, percent: u8) -> Result<(), String> {
        on.percent = on.percent.checked_sub(percent).ok_or("it is dark already")?;
        Ok(())
    }
    /// Hit it.
    #[transition(from = _)]
    fn hit() -> Broken {
        Broken
    }
    /// How often it was on.
    #[query]
    fn count(count: &Count, #[default = 0] more: u32) -> u32 {
        count.0 + more
    }
    /// How bright it is.
    #[query]
    fn percent(on: &On) -> u8 {
        on.percent
    }
    /// What to do.
    #[prompt(Off, On)]
    fn help(/** A word. */ word: Option<String>) -> String {
        word.unwrap_or_default()
    }
}
