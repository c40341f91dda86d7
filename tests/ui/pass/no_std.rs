#![no_std]
#![deny(warnings)]
#[leverframe::machine]
pub mod lamp {
    /// How often it was on.
    #[context]
    pub struct Count(pub u32);
    #[state(initial)]
    pub struct Off;
    #[state]
    pub struct On {
        pub percent: u8,
    }
    #[state(final)]
    pub struct Broken;
    #[transition(from = Off)]
    fn press(count: &mut Count, percent: Option<u8>) -> On {
        count.0 += 1;
        On { percent: percent.unwrap_or(100) }
    }
    #[transition(from = On)]
    fn dim(on: &mut On, percent: u8) -> Result<(), &'static str> {
        on.percent = on.percent.checked_sub(percent).ok_or("it is dark already")?;
        Ok(())
    }
    #[transition(from = On)]
    fn hit() -> Result<Broken, &'static str> {
        Ok(Broken)
    }
    #[query]
    fn count(count: &Count) -> u32 {
        count.0
    }
}
pub fn walk() -> Result<lamp::State, lamp::Refusal> {
    let mut lamp = lamp::Lamp::from(lamp::Lamp::new(lamp::Count(0)));
    lamp.apply(lamp::events::Press { percent: None })?;
    lamp.apply(lamp::Event::Dim(lamp::events::Dim { percent: 1 }))?;
    let leverframe::Parts { state, .. } = lamp.into();
    Ok(state)
}
