#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[cfg(all())]
    //~^ ERROR(#[cfg(all())]) a declared item cannot depend on `cfg`: put the `cfg` on the whole module, or declare two machines
    #[state(final)]
    pub struct On;
    #[transition(from = Off)] fn press(#[cfg(all())] hard: bool) -> On { drop(hard); On }
    //~^ ERROR(#[cfg(all())]) a declared item cannot depend on `cfg`: put the `cfg` on the whole module, or declare two machines
}
