#[allow(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    reason = "a payload is owned, and a handler has the form that its machine needs"
)]
fn stop() -> Stopped {
    Stopped
}
/// The machine of [`recorder`](self) in the state `S`; without `S`, in any state.
#[cfg_attr(
    doc,
    doc = ::leverframe::__picture!(
        "machine\tRecorder\t0\nstate\tStopped\t\t\nstate\tPlaying\t4\t\nstate\tSeeking\t5\t\nstate\tPaused\t\t\nsuperstate\tActive\t\t\nsuperstate\tMoving\t4\t\non\tplay\t0\t1\t0\t\t\t\t\non\tseek\t4,3\t2\t0\t\t\tto\t\non\tfound\t2\t1\t0\t\t\t\t\non\tpause\t4\t3\t0\t\t\t\t\non\tresume\t0\tH4\t0\t\t\treally\t\non\tresume\t3,4\tH4\t0\t\t\treally\t\non\tstop\t4,3\t0\t0\t\t\t\t"
    )
)]
#[must_use = "a transition takes the machine and gives a new one"]
pub struct Recorder<S = State>(::leverframe::Parts<S, Shown, Memory>);
::leverframe::__machine! {
    pub Recorder(Shown, Memory) in Superstate, from Stopped = Stopped; at : guards {}
    enter { 4 => { self::lights_on(at); }; 5 => { self::lights_on(at); }; } exit { 4 => {
    self::lights_off(at); }; 5 => { self::lights_off(at); }; } remember { 4 =>
    last_active; }
}
impl Recorder<Stopped> {
    /// Takes the event `play`.
    pub fn play(self) -> Recorder<Playing> {
        let next = self::play();
        self.0.goto(next)
    }
    /// Takes the event `resume`.
    pub fn resume(self, really: bool) -> Typed {
        let next = self::resume_1(really);
        self.0.goto(next)
    }
}
impl Recorder<Playing> {
    /// Takes the event `seek`.
    pub fn seek(self, to: u32) -> Recorder<Seeking> {
        let next = self::seek(to);
        self.0.goto(next)
    }
    /// Takes the event `pause`.
    pub fn pause(self) -> Recorder<Paused> {
        let next = self::pause();
        self.0.goto(next)
    }
    /// Takes the event `resume`.
    ///
    /// # Errors
    ///
    /// The handler's reason; the machine is returned with it, in its former state.
    pub fn resume(
        self,
        really: bool,
    ) -> ::core::result::Result<Typed, Refused<Playing>> {
        self.0
            .try_goto(
                EventName::Resume,
                ::leverframe::__private::unguarded,
                |_, _| self::resume_2(really).map_err(Fault::Resume),
            )
    }
    /// Takes the event `stop`.
    pub fn stop(self) -> Recorder<Stopped> {
        let next = self::stop();
        self.0.goto(next)
    }
}
impl Recorder<Seeking> {
    /// Takes the event `seek`.
    pub fn seek(self, to: u32) -> Recorder<Seeking> {
        let next = self::seek(to);
        self.0.goto(next)
    }
    /// Takes the event `found`.
    pub fn found(mut self) -> Recorder<Playing> {
        let next = self::found(&mut self.0.state);
        self.0.goto(next)
    }
    /// Takes the event `pause`.
    pub fn pause(self) -> Recorder<Paused> {
        let next = self::pause();
        self.0.goto(next)
    }
    /// Takes the event `resume`.
    ///
    /// # Errors
    ///
    /// The handler's reason; the machine is returned with it, in its former state.
    pub fn resume(
        self,
        really: bool,
    ) -> ::core::result::Result<Typed, Refused<Seeking>> {
        self.0
            .try_goto(
                EventName::Resume,
                ::leverframe::__private::unguarded,
                |_, _| self::resume_2(really).map_err(Fault::Resume),
            )
    }
    /// Takes the event `stop`.
    pub fn stop(self) -> Recorder<Stopped> {
        let next = self::stop();
        self.0.goto(next)
    }
}
impl Recorder<Paused> {
    /// Takes the event `seek`.
    pub fn seek(self, to: u32) -> Recorder<Seeking> {
        let next = self::seek(to);
        self.0.goto(next)
    }
    /// Takes the event `resume`.
    ///
    /// # Errors
    ///
    /// The handler's reason; the machine is returned with it, in its former state.
    pub fn resume(self, really: bool) -> ::core::result::Result<Typed, Refused<Paused>> {
        self.0
            .try_goto(
                EventName::Resume,
                ::leverframe::__private::unguarded,
                |_, _| self::resume_2(really).map_err(Fault::Resume),
            )
    }
    /// Takes the event `stop`.
    pub fn stop(self) -> Recorder<Stopped> {
        let next = self::stop();
        self.0.goto(next)
    }
}
const _: () = {
    ::leverframe::__private::context::<Shown>();
};
::leverframe::__questions! {
    #[doc = " A question about the machine."] pub Query :
}
::leverframe::__questions! {
    #[doc = " A prompt for a language model."] pub Prompt :
}
::leverframe::__portable! {
    Recorder, at : queries {} prompts {}
}
::leverframe::__states! {
    #[derive(::core::clone::Clone, ::leverframe::__private::serde::Serialize,
    ::leverframe::__private::serde::Deserialize,)] #[serde(crate =
    "::leverframe::__private::serde")] pub Recorder(Shown), at, source : #[serde(rename =
    "STOPPED")] Stopped = 0[], #[serde(rename = "PLAYING")] Playing = 1[4] entry {
    self::show(source, at); }, #[serde(rename = "SEEKING")] Seeking = 2[5 4],
    #[serde(rename = "PAUSED")] Paused = 3[],
}
::leverframe::__names! {
    #[doc = r" The name of a state."] pub StateName of "a state" : Stopped = "Stopped"
    "STOPPED", Playing = "Playing" "PLAYING", Seeking = "Seeking" "SEEKING", Paused =
    "Paused" "PAUSED",
}
::leverframe::__wire_names! {
    StateName : Stopped = "Stopped" "STOPPED", Playing = "Playing" "PLAYING", Seeking =
    "Seeking" "SEEKING", Paused = "Paused" "PAUSED",
}
::leverframe::__superstates! {
    pub Recorder : [Active = 4, Moving = 5] [Moving in Active]
}
::leverframe::__history! {
    #[derive(::core::clone::Clone, ::leverframe::__private::serde::Serialize,
    ::leverframe::__private::serde::Deserialize,)] #[serde(crate =
    "::leverframe::__private::serde")] pub Recorder(Shown) : [Stopped, Playing, Seeking,
    Paused] Active last_active = Playing < Playing as ::core::default::Default >
    ::default();
}
/// The events of [`Recorder`], each with its payload.
#[allow(missing_docs, reason = "a payload may explain itself")]
pub mod events {
    #[allow(unused_imports, reason = "payloads name types as the machine's module does")]
    use super::*;
    ::leverframe::__event! {
        serde #[doc = " The event `play`."] pub Play
    }
    ::leverframe::__event! {
        serde #[doc = " The event `seek`."] pub Seek { to : u32, }
    }
    ::leverframe::__event! {
        serde #[doc = " The event `found`."] pub Found
    }
    ::leverframe::__event! {
        serde #[doc = " The event `pause`."] pub Pause
    }
    ::leverframe::__event! {
        serde #[doc = " The event `resume`."] pub Resume { really : bool, }
    }
    ::leverframe::__event! {
        serde #[doc = " The event `stop`."] pub Stop
    }
}
::leverframe::__names! {
    #[doc = r" The name of an event."] pub EventName of "an event" : Play = "play"
    "play", Seek = "seek" "seek", Found = "found" "found", Pause = "pause" "pause",
    Resume = "resume" "resume", Stop = "stop" "stop",
}
::leverframe::__events! {
    serde[] pub Event : "play" Play, "seek" Seek, "found" Found, "pause" Pause, "resume"
    Resume, "stop" Stop,
}
::leverframe::__wire_names! {
    EventName : Play = "play" "play", Seek = "seek" "seek", Found = "found" "found",
    Pause = "pause" "pause", Resume = "resume" "resume", Stop = "stop" "stop",
}
::leverframe::__faults! {
    pub Fault : Resume(& 'static str) = "`resume` failed.",;
}
::leverframe::__legal! {
    pub Recorder : goto play Play {} [Stopped] [Playing]; goto seek Seek { to } [Playing,
    Seeking, Paused] [Seeking]; goto found Found {} [Seeking] [Playing]; goto pause Pause
    {} [Playing, Seeking] [Paused]; goto resume Resume { really } [Stopped]
    [::leverframe::History < Active >]; try_goto resume Resume { really } [Playing,
    Seeking, Paused] [::leverframe::History < Active >]; goto stop Stop {} [Playing,
    Seeking, Paused] [Stopped];
}
::leverframe::__dispatch! {
    Recorder, at : [Stopped, Playing, Seeking, Paused] [Playing in Active, Seeking in
    Moving] goto[Stopped] _ Play _() => self::play(); goto[Playing, Seeking, Paused] _
    Seek event() => self::seek(event.to); goto[Seeking] source Found _() =>
    self::found(source); goto[Playing, Seeking] _ Pause _() => self::pause();
    goto[Stopped] _ Resume event() => self::resume_1(event.really); try_goto[Playing,
    Seeking, Paused] _ Resume event() => self::resume_2(event.really)
    .map_err(Fault::Resume); goto[Playing, Seeking, Paused] _ Stop _() => self::stop();
}
::leverframe::__chart! {
    #[doc = " The machine [`Recorder`] as data."] pub CHART = "Recorder"
    "A machine that remembers: on a pause, and over a superstate two deep." 0
    "9ae34ae1b70b24a632363cb1c23046ea0843cb2414da8dfff118d933cc1fa562"; states {
    "Stopped" "STOPPED" ""[]; "Playing" "PLAYING" ""[4]; "Seeking" "SEEKING" ""[5];
    "Paused" "PAUSED" ""[]; } superstates { "Active" "ACTIVE" ""[] 1; "Moving" "MOVING"
    ""[4]; } events { "play" ""() [0] [State 1] [] []; "seek" ""("to" "u32" "",) [4 3]
    [State 2] [] []; "found" ""() [2] [State 1] [] []; "pause" ""() [4] [State 3] [] [];
    "resume" ""("really" "bool" "",) [0] [History 4] [] [], [3 4] [History 4] [] []
    fallible; "stop" ""() [4 3] [State 0] [] []; } queries {} prompts {}
}
