//! Without the wire form, for which schemars needs the prelude.
#![no_implicit_prelude]
#![deny(warnings)]
#[::leverframe::machine]
pub mod lamp {
    #[context]
    pub struct Count(pub u32);
    #[state(initial)]
    pub struct Off;
    #[state(final)]
    pub struct On;
    #[transition(from = Off)]
    fn press(count: &mut Count, #[default = 1] force: u32) -> ::core::result::Result<On, ::std::string::String> {
        count.0 += force;
        ::core::result::Result::Ok(On)
    }
    #[transition(from = Off)]
    fn tap() {}
    #[query]
    fn count(count: &Count) -> u32 {
        count.0
    }
    #[prompt(Off)]
    fn help(_off: &Off) -> ::std::string::String {
        ::std::string::String::new()
    }
}
