//! States are ordinary types, also outside their module.
#![deny(warnings)]
#[leverframe::machine(name = Light)]
/// A lamp.
pub mod r#lamp {
    use super::shared::*;
    #[::leverframe::context]
    pub struct Notes(pub Shade);
    #[leverframe::state(initial)]
    pub struct Off;
    #[leverframe::state(final)]
    pub struct On(pub Shade);
    #[leverframe::transition(from = Off)]
    pub(crate) fn press(notes: &Notes, shade: Shade) -> On {
        if notes.0.0 > 1 { On(shade) } else { On(Shade(0)) }
    }
    #[leverframe::query]
    pub fn shade(on: &On) -> u8 {
        on.0.0
    }
}
pub mod shared {
    pub struct Shade(pub u8);
}
use lamp::{Light, Notes, Off, On};
pub trait Shines {
    const SHINES: bool;
}
impl Shines for Off {
    const SHINES: bool = false;
}
impl Shines for On {
    const SHINES: bool = true;
}
impl<S: Shines> Shines for Light<S> {
    const SHINES: bool = S::SHINES;
}
pub fn walk() -> (On, u8, Light<On>) {
    let _: On = lamp::press(&Notes(shared::Shade(1)), shared::Shade(2));
    let on = Light::new(Notes(shared::Shade(1))).press(shared::Shade(3));
    (On(shared::Shade(1)), lamp::shade(on.state()), on)
}
