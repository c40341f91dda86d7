/// A lamp.
#[leverframe::machine]
#[derive(Debug)]
pub struct Lamp;
//~^ ERROR(Lamp) `#[machine]` goes on an inline module: `mod release { … }`
