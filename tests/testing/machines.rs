//! Machines to be tested.

/// A till, in which there may be a bug.
#[leverframe::machine(serde)]
pub mod till {
    #[context]
    #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
    pub struct Cash {
        pub cents: u64,
        pub refused: u32,
        pub is_jammed: bool,
    }

    #[superstate(default = Open)]
    pub struct Working;
    #[state(initial, parent = Working)]
    pub struct Open;
    #[state]
    pub struct Locked;
    #[state(final)]
    pub struct Closed;

    #[transition(from = Open)]
    fn put(cash: &mut Cash, cents: u16) {
        assert!(!cash.is_jammed, "the drawer is jammed");
        cash.cents += u64::from(cents);
    }
    #[transition(from = Open)]
    fn take(cash: &mut Cash, cents: u16) -> Result<(), &'static str> {
        match cash.cents.checked_sub(cents.into()) {
            Some(left) => cash.cents = left,
            None => {
                cash.refused += 1;
                return Err("there is less in the till");
            }
        }
        Ok(())
    }
    #[transition(from = Working)]
    fn lock() -> Locked {
        Locked
    }
    #[transition(from = Locked, after = "1h")]
    fn unlock() -> History<Working> {
        History(Working)
    }
    #[transition(from = _)]
    fn close() -> Closed {
        Closed
    }
}

/// A machine without a wire form.
#[leverframe::machine]
pub mod turnstile {
    #[context]
    #[derive(Debug, Default)]
    pub struct Coins {
        pub coins: u32,
        pub most: u32,
    }
    #[state(initial)]
    pub struct Locked;
    #[state]
    pub struct Unlocked;

    #[guard]
    fn has_room(coins: &Coins) -> bool {
        coins.coins < coins.most
    }
    #[transition(from = Locked, guard = has_room)]
    fn pay(all: &mut Coins, coins: u32) -> Unlocked {
        all.coins += coins;
        Unlocked
    }
    #[transition(from = Unlocked, guard = has_room)]
    fn pay(all: &mut Coins, coins: u32) {
        all.coins += coins;
    }
    #[transition(from = Unlocked)]
    fn push() -> Locked {
        Locked
    }
}
