#[leverframe::machine]
pub mod lamp {
    #[context] pub struct Count(pub u32);
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off, guard = few)] fn press() -> On { On }
    #[guard] fn few(count: &mut Count) -> bool { count.0 < 3 }
    //~^ ERROR(&mut Count) a guard changes nothing: take `&`, not `&mut`
}
