#![deny(warnings)]
#[leverframe::machine]
pub mod lamp {
    #[state(initial)]
    pub struct Off;
    #[state(final)]
    pub struct On;
    #[transition(from = Off)]
    fn press() -> On {
        On
    }
}
#[leverframe::machine(name = Torch, serde)]
pub mod handheld {
    use super::lamp;
    #[state(initial)]
    pub struct Off;
    #[state(final)]
    pub struct On;
    #[transition(from = Off)]
    fn press() -> On {
        let _ = lamp::Lamp::new().press();
        On
    }
}
use handheld::Torch;
use lamp::Lamp;
pub fn both() -> (Lamp, Torch) {
    (Lamp::new().into(), Torch::new().into())
}
