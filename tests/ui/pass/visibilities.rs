//! The generated items are seen as far as the module.
#![deny(warnings, private_interfaces, private_bounds)]
mod street {
    pub mod house {
        #[leverframe::machine(serde)]
        mod private {
            #[state(initial)]
            pub(super) struct Off;
            #[state(final)]
            pub(super) struct On;
            #[transition(from = Off)]
            fn press(force: u8) -> On {
                let _ = force;
                On
            }
        }
        #[leverframe::machine]
        pub(self) mod selfish {
            #[state(initial)]
            pub(in super) struct Off;
            #[state(final)]
            pub(super) struct On;
            #[transition(from = Off)]
            fn press() -> On {
                On
            }
        }
        #[leverframe::machine]
        pub(super) mod parents {
            #[state(initial)]
            pub(in super::super) struct Off;
            #[state(final)]
            pub(in super::super) struct On;
            #[transition(from = Off)]
            fn press(force: Force) -> Result<On, Force> {
                Err(force)
            }
            #[derive(Debug)]
            pub(in super::super) struct Force;
            impl std::fmt::Display for Force {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("force")
                }
            }
        }
        #[leverframe::machine(serde)]
        pub(in super::super::street) mod path {
            #[state(initial)]
            pub(in super::super::super::street) struct Off;
            #[state(final)]
            pub(in super::super) struct On;
            #[transition(from = Off)]
            fn press() -> On {
                On
            }
        }
        #[leverframe::machine(serde)]
        pub(in crate::street) mod absolute {
            #[context]
            #[derive(serde::Serialize, serde::Deserialize)]
            pub(in crate::street) struct Bulb;
            #[state(initial)]
            pub(in crate::street) struct Off;
            #[state(final)]
            pub(in crate::street) struct On;
            #[transition(from = Off)]
            fn press(_bulb: &mut Bulb) -> On {
                On
            }
        }
        #[leverframe::machine]
        pub(crate) mod krate {
            #[state(initial)]
            pub(crate) struct Off;
            #[state(final)]
            pub(crate) struct On;
            #[transition(from = Off)]
            fn press(hard: bool) -> On {
                let _ = hard;
                On
            }
        }
        pub fn press() {
            let _ = private::Private::new().press(1);
            let _ = selfish::Selfish::new().press();
            let _ = super::press();
        }
    }
    fn press() -> house::krate::Krate<house::krate::On> {
        let _ = house::parents::Parents::new().fire(house::parents::events::Press { force: house::parents::Force });
        let _ = house::path::Path::new().fire(house::path::events::Press);
        let _ = house::absolute::Absolute::new(house::absolute::Bulb).press();
        house::krate::Krate::new().fire(house::krate::events::Press { hard: true })
    }
}
mod hidden {
    #[leverframe::machine(serde)]
    mod lamp {
        #[context]
        #[derive(Default, serde::Serialize, serde::Deserialize)]
        pub struct Bulb;
        #[state(initial)]
        pub struct Off;
        #[state(final)]
        pub struct On;
        #[transition(from = Off)]
        fn press(_bulb: &mut Bulb, force: u8) -> Result<On, String> {
            Err(force.to_string())
        }
    }
    pub use lamp::{Bulb, Fault, Lamp, Off, On, events::Press};
}
pub use hidden::{Bulb, Fault, Lamp, Off, On, Press};
pub use street::house::press;
