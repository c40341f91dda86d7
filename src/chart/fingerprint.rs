//! What tells two graphs apart.

use super::{Chart, Clause, Target};

impl Chart {
    /// A hash of the graph: of states, events and clauses, by names and numbers. Documentation is left out. Machines with
    /// one graph have one fingerprint; it shows a change, and not a forgery.
    ///
    /// ```
    /// # use leverframe::chart::{Chart, State};
    /// const OFF: &[State] = &[State::new("Off", "OFF", "")];
    /// const ON: &[State] = &[State::new("On", "ON", "")];
    /// let [off, on] = [OFF, ON].map(|states| Chart::new("Lamp", "", 0).with_states(states, &[]));
    /// assert_eq!(off.fingerprint(), off.fingerprint());
    /// assert_ne!(off.fingerprint(), on.fingerprint());
    /// ```
    #[must_use]
    pub fn fingerprint(&self) -> u128 {
        // FNV-1a.
        let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
        self.write_graph(&mut |bytes: &[u8]| {
            for byte in bytes {
                hash = (hash ^ u128::from(*byte)).wrapping_mul(0x0100_0000_0000_0000_0000_013b);
            }
        });
        hash
    }

    /// The graph as bytes: numbers, and texts each with its length.
    pub(crate) fn write_graph(&self, to: &mut impl FnMut(&[u8])) {
        let mut graph = Encoder(to);
        graph.text(self.name());
        graph.text(self.initial().name());
        for state in self.states().iter().chain(self.superstates()) {
            graph.text("state");
            graph.text(state.name());
            graph.number(state.parent().map_or(u64::MAX, u64::from));
            graph.number(state.default_leaf().map_or(u64::MAX, u64::from));
            graph.flag(state.is_final());
        }
        for event in self.events() {
            graph.text("event");
            graph.text(event.name());
            for parameter in event.payload() {
                graph.text("parameter");
                graph.text(parameter.name());
                graph.text(parameter.ty());
                graph.flag(parameter.is_optional());
            }
            event.clauses().iter().for_each(|clause| graph.clause(clause));
        }
        for task in self.tasks() {
            graph.text("task");
            graph.text(task.name());
            graph.number(u64::from(task.state()));
            task.outcomes().iter().for_each(|event| graph.number(u64::from(*event)));
            graph.number(u64::from(task.failure()));
        }
    }
}

struct Encoder<'t, T>(&'t mut T);

impl<T: FnMut(&[u8])> Encoder<'_, T> {
    fn clause(&mut self, clause: &Clause) {
        self.text("clause");
        clause.from().iter().for_each(|state| self.number(u64::from(*state)));
        for target in clause.to() {
            let (kind, state) = match target {
                Target::State(state) => ("to", state),
                Target::History(state) => ("history", state),
            };
            self.text(kind);
            self.number(u64::from(*state));
        }
        clause.guards().iter().for_each(|guard| {
            self.text("guard");
            self.text(guard);
        });
        self.flag(clause.is_fallible());
        self.number(u64::from(clause.approvals()));
        let after = clause.after().map(|after| after.as_millis());
        self.number(after.map_or(u64::MAX, |after| u64::try_from(after).unwrap_or(u64::MAX)));
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        (self.0)(text.as_bytes());
    }

    fn number(&mut self, number: u64) {
        (self.0)(&number.to_be_bytes());
    }

    fn flag(&mut self, flag: bool) {
        (self.0)(&[u8::from(flag)]);
    }
}
