#[leverframe::machine]
unsafe mod lamp {}
//~^ ERROR(lamp) `#[machine]` goes on an inline module: `mod release { … }`
//~^^ ERROR(unsafe) module cannot be declared unsafe
