#[leverframe::machine]
mod lamp;
//~^ ERROR(lamp) `#[machine]` goes on an inline module: `mod release { … }`
//~^^ E0658 unstable
//~^^^ E0583 lamp
