#[leverframe::state(initial)]
//~^ ERROR(#[leverframe::state(initial)]) `#[state]` belongs on an item inside a module marked `#[leverframe::machine]`
pub struct Off;
#[leverframe::context]
//~^ ERROR(#[leverframe::context]) `#[context]` belongs on an item inside a module marked `#[leverframe::machine]`
pub struct Notes;
#[leverframe::transition(from = Off)]
//~^ ERROR(#[leverframe::transition(from = Off)]) `#[transition]` belongs on an item inside a module marked `#[leverframe::machine]`
fn press() {}
#[leverframe::query]
//~^ ERROR(#[leverframe::query]) `#[query]` belongs on an item inside a module marked `#[leverframe::machine]`
fn count() {}
#[leverframe::prompt]
//~^ ERROR(#[leverframe::prompt]) `#[prompt]` belongs on an item inside a module marked `#[leverframe::machine]`
fn help() {}
