//! The machine of the server.

/// A door that a person unlocks.
#[leverframe::machine(serde)]
pub mod door {
    /// How often somebody knocked.
    #[context]
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    pub struct Knocks(u32);
    /// Nobody comes in.
    #[state(initial)]
    pub struct Locked;
    /// Anybody comes in.
    #[state]
    pub struct Open;

    /// Say that somebody is there.
    #[transition(from = Locked)]
    fn knock(knocks: &mut Knocks) {
        knocks.0 += 1;
    }
    /// Let somebody in.
    #[transition(from = Locked, by = human)]
    fn unlock(
        /** Who comes in, and why. */
        reason: String,
    ) -> Open {
        let _ = reason;
        Open
    }
    /// Let nobody in any more.
    #[transition(from = Open)]
    fn lock() -> Locked {
        Locked
    }
}
