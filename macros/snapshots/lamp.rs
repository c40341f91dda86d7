/// The machine of [`lamp`](self) in the state `S`; without `S`, in any state.
#[cfg_attr(
    doc,
    doc = ::leverframe::__picture!(
        "machine\tLamp\t0\nstate\tOff\t\t\nstate\tOn\t\t\nfinal\tBroken\t\t\non\tpress\t0\t1\t0\t\t\t\t\non\tpress\t1\t0\t0\t\t\t\t\non\tdim\t1\t\t0\t\t\tpercent\t\non\thit\t0,1\t2\t0\t\t\thard\t"
    )
)]
#[must_use = "a transition takes the machine and gives a new one"]
pub(super) struct Lamp<S = State>(::leverframe::Parts<S, (), ()>);
::leverframe::__machine! {
    pub (super) Lamp((), ()) in (), from Off = Off; at : guards {} enter {} exit {}
    remember {}
}
#[allow(dead_code, reason = "a program need not use all of a machine")]
impl Lamp<Off> {
    /// Press the switch.
    pub(super) fn press(self) -> Lamp<On> {
        let next = self::press_1();
        self.0.goto(next)
    }
    /// Hit the lamp.
    ///
    /// # Errors
    ///
    /// The handler's reason; the machine is returned with it, in its former state.
    pub(super) fn hit(
        self,
        hard: bool,
    ) -> ::core::result::Result<Lamp<Broken>, Refused<Off>> {
        self.0
            .try_goto(
                EventName::Hit,
                ::leverframe::__private::unguarded,
                |_, _| self::hit(hard).map_err(Fault::Hit),
            )
    }
}
#[allow(dead_code, reason = "a program need not use all of a machine")]
impl Lamp<On> {
    /// Press the switch.
    pub(super) fn press(self) -> Lamp<Off> {
        let next = self::press_2();
        self.0.goto(next)
    }
    /// Shine less, or more.
    ///
    /// # Errors
    ///
    /// The handler's reason.
    pub(super) fn dim(&mut self, percent: u8) -> ::core::result::Result<(), Refusal> {
        self.0
            .attempt(
                EventName::Dim,
                ::leverframe::__private::unguarded,
                |source, _| self::dim(source, percent).map_err(Fault::Dim),
            )
    }
    /// Hit the lamp.
    ///
    /// # Errors
    ///
    /// The handler's reason; the machine is returned with it, in its former state.
    pub(super) fn hit(
        self,
        hard: bool,
    ) -> ::core::result::Result<Lamp<Broken>, Refused<On>> {
        self.0
            .try_goto(
                EventName::Hit,
                ::leverframe::__private::unguarded,
                |_, _| self::hit(hard).map_err(Fault::Hit),
            )
    }
}
#[allow(dead_code, reason = "a program need not use all of a machine")]
impl Lamp<On> {
    /// How bright it is.
    pub(super) fn percent(&self) -> u8 {
        self::percent(&self.0.state)
    }
}
::leverframe::__states! {
    pub (super) Lamp(()), at, source : Off = 0[], On = 1[], Broken = 2[],
}
::leverframe::__names! {
    #[doc = r" The name of a state."] pub (super) StateName of "a state" : Off = "Off"
    "OFF", On = "On" "ON", Broken = "Broken" "BROKEN",
}
/// The events of [`Lamp`], each with its payload.
#[allow(missing_docs, reason = "a payload may explain itself")]
pub(super) mod events {
    #[allow(unused_imports, reason = "payloads name types as the machine's module does")]
    use super::*;
    ::leverframe::__event! {
        bare #[doc = " Press the switch."] pub (in super::super) Press
    }
    ::leverframe::__event! {
        bare #[doc = " Shine less, or more."] pub (in super::super) Dim { percent : u8, }
    }
    ::leverframe::__event! {
        bare #[doc = " Hit the lamp."] pub (in super::super) Hit { hard : bool, }
    }
}
::leverframe::__names! {
    #[doc = r" The name of an event."] pub (super) EventName of "an event" : Press =
    "press" "press", Dim = "dim" "dim", Hit = "hit" "hit",
}
::leverframe::__events! {
    bare pub (super) Event : Press, Dim, Hit,
}
::leverframe::__faults! {
    pub (super) Fault : Dim(TooBright) = "`dim` failed.", Hit(Bounced) =
    "`hit` failed.",;
}
::leverframe::__legal! {
    pub (super) Lamp : goto press Press {} [Off] [On]; goto press Press {} [On] [Off];
    try_stay dim Dim { percent } [On] []; try_goto hit Hit { hard } [Off, On] [Broken];
}
::leverframe::__dispatch! {
    Lamp, at : [Off, On, Broken] [] goto[Off] _ Press _() => self::press_1(); goto[On] _
    Press _() => self::press_2(); try_stay[On] source Dim event() => self::dim(source,
    event.percent).map_err(Fault::Dim); try_goto[Off, On] _ Hit event() =>
    self::hit(event.hard).map_err(Fault::Hit);
}
::leverframe::__chart! {
    #[doc = " The machine [`Lamp`] as data."] pub (super) CHART = "Lamp"
    "A lamp on a desk." 0
    "f5151a9f9f774dfc1ac20b6f75d0d1b415d0f9d1c45db05c1e01b7f768b59511"; states { "Off"
    "OFF" "Dark."[]; "On" "ON" "Shining."[]; "Broken" "BROKEN" "The bulb is gone."[]
    final_state; } superstates {} events { "press" "Press the switch."() [0] [State 1] []
    [], [1] [State 0] [] []; "dim" "Shine less, or more."("percent" "u8" "",) [1] [] []
    [] fallible; "hit" "Hit the lamp."("hard" "bool" "",) [0 1] [State 2] [] [] fallible;
    } queries { "percent" "How bright it is."() 1; } prompts {}
}
