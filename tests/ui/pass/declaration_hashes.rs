//! What the author wrote has a hash, whatever the whitespace, the comments and the documentation.

macro_rules! counter {
    ($in:ident, $step:expr, $name:ident) => {
        pub mod $in {
            #[leverframe::machine(name = $name)]
            pub mod counter {
                #[context]
                pub struct Total(pub u32);
                #[state(initial)]
                pub struct Counting;
                #[state(final)]
                pub struct Done;
                #[transition(from = Counting)]
                fn add(total: &mut Total) {
                    total.0 += $step;
                }
                #[transition(from = Counting)]
                fn stop() -> Done {
                    Done
                }
            }
        }
    };
}

counter!(first, 1, Counter);
counter!(other_step, 10, Counter);
counter!(other_name, 1, Another);

/// The first, but by no macro.
pub mod same {
    /// Counts.
    #[leverframe::machine(name=Counter)]
    pub mod counter {
        //! Documentation.
        #[context] pub struct Total(/** So far. */ pub u32);
        #[state( initial )] pub struct Counting; /* a comment */
        #[state(final)] pub struct Done;
        /// Adds.
        #[transition(from = Counting)] fn add(total:&mut Total) { total.0+=1; }
        #[transition(from = Counting)] fn stop()->Done { Done } // another
    }
}

const fn same(a: &[u8; 32], b: &[u8; 32]) -> bool {
    let mut place = 0;
    while place < 32 {
        if a[place] != b[place] {
            return false;
        }
        place += 1;
    }
    true
}

const FIRST: &[u8; 32] = first::counter::CHART.declaration();
const _: () = assert!(same(FIRST, same::counter::CHART.declaration()));
const _: () = assert!(!same(FIRST, other_step::counter::CHART.declaration()));
const _: () = assert!(!same(FIRST, other_name::counter::CHART.declaration()));
