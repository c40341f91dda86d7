//! A program need not use all of a machine.
#![deny(warnings)]
#[leverframe::machine]
mod private {
    #[context]
    #[derive(Default)]
    pub(super) struct Bulb;
    #[state(initial)]
    pub(super) struct Off;
    #[state]
    pub(super) struct On;
    #[state(final)]
    pub(super) struct Broken;
    #[transition(from = Off)]
    fn press(hard: bool) -> Result<On, String> {
        if hard { Err(String::new()) } else { Ok(On) }
    }
    #[transition(from = On)]
    fn press(hard: bool) -> Off {
        let _ = hard;
        Off
    }
    #[transition(from = _)]
    fn dim(_bulb: &mut Bulb) {}
    #[transition(from = _)]
    fn hit() -> Broken {
        Broken
    }
    #[query]
    fn works() -> bool {
        true
    }
    #[query]
    fn shines(_on: &On) -> bool {
        true
    }
    #[prompt]
    fn help() -> String {
        String::new()
    }
}
#[leverframe::machine(serde)]
pub mod public {
    #[state(initial)]
    pub struct Off;
    #[state(final)]
    pub struct On;
    #[transition(from = Off)]
    fn press(hard: bool) -> On {
        let _ = hard;
        On
    }
    #[transition(from = _)]
    fn dim(#[default = 1] percent: u8) {
        let _ = percent;
    }
    #[query]
    fn works(#[default = true] bulb: bool) -> bool {
        bulb
    }
    #[query]
    fn shines(_on: &On) -> bool {
        true
    }
}
fn main() {
    let _ = private::Private::new(private::Bulb);
    let _ = public::Public::new();
}
