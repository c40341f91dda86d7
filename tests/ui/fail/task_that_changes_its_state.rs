#[leverframe::machine(serde)]
pub mod shop {
    #[state(initial)] pub struct Open;
    #[state(final)] pub struct Paid;
    #[transition(from = Open)] fn paid() -> Paid { Paid }
    #[transition(from = Open)] fn failed(reason: String) -> Paid { drop(reason); Paid }
    #[task(state = Open, outcomes = [paid], failure = failed)] fn charge(open: &mut Open) -> u32 { _ = open; 1 }
    //~^ ERROR(&mut Open) the function of a task changes nothing: take `&`, not `&mut`
}
