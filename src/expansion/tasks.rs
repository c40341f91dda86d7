//! The tasks.

/// The enum of inputs, the enums of outcomes, and what performs the tasks.
#[doc(hidden)]
#[macro_export]
macro_rules! __tasks {
    (vis($vis:vis) inner($inner:vis) $Machine:ident: $(
        $(#[$meta:meta])* $Task:ident $task:ident($Input:ty) [$($End:ident),+];
    )*) => {
        /// The tasks of the machine, each with its input.
        #[allow(missing_docs, reason = "a task may explain itself")]
        $vis enum Task {
            $($(#[$meta])* $Task($Input),)*
        }
        /// The events in which each task may end.
        #[allow(missing_docs, reason = "an event may explain itself")]
        $vis mod outcomes {
            $(
                $(#[$meta])*
                $inner enum $Task {
                    $($End(super::events::$End),)+
                }
                $(
                    impl ::core::convert::From<super::events::$End> for $Task {
                        fn from(event: super::events::$End) -> Self {
                            Self::$End(event)
                        }
                    }
                )+
                impl ::core::convert::From<$Task> for super::Event {
                    fn from(outcome: $Task) -> Self {
                        match outcome {
                            $($Task::$End(event) => ::core::convert::Into::into(event),)+
                        }
                    }
                }
            )*
        }
        /// What performs the tasks of the machine. Each method does the work of one attempt, and may be called again with
        /// the same key after a failure.
        $vis trait Tasks: ::core::marker::Send + ::core::marker::Sync + 'static {
            $(
                $(#[$meta])*
                ///
                /// # Errors
                ///
                /// Why the attempt failed. The task is tried again, as far as its attempts go.
                fn $task(
                    &self,
                    input: $Input,
                    attempt: $crate::task::Attempt,
                ) -> impl ::core::future::Future<
                    Output = ::core::result::Result<outcomes::$Task, $crate::task::TaskError>,
                > + ::core::marker::Send;
            )*
        }
        /// What performs the tasks of the machine, made of an implementation of [`Tasks`].
        #[allow(dead_code, reason = "a program need not perform tasks")]
        $vis fn worker(tasks: impl Tasks) -> $crate::task::Worker<$Machine> {
            let tasks = $crate::__private::Arc::new(tasks);
            $crate::task::Worker::new(move |task, attempt| {
                let tasks = ::core::clone::Clone::clone(&tasks);
                $crate::__private::Box::pin(async move {
                    match task {
                        $(Task::$Task(input) => {
                            Tasks::$task(&*tasks, input, attempt)
                                .await
                                .map(::core::convert::Into::into)
                        })*
                    }
                })
            })
        }
    };
}

/// The part of `Portable` that is about tasks.
#[doc(hidden)]
#[macro_export]
macro_rules! __task_inputs {
    ($at:ident) => {
        type Task = ::core::convert::Infallible;
        fn task(&self, _: u16) -> ::core::option::Option<::core::convert::Infallible> {
            ::core::option::Option::None
        }
        fn failure(_: u16, _: $crate::__private::String) -> ::core::option::Option<Event> {
            ::core::option::Option::None
        }
    };
    ($at:ident tasks { $(
        $number:literal $Task:ident [$($State:ident)+] $source:tt => $input:expr, $Failure:ident { $($error:ident)? };
    )+ }) => {
        type Task = Task;
        fn task(&self, number: u16) -> ::core::option::Option<Task> {
            let $at = &self.0;
            match (number, &$at.state) {
                $(($number, $(State::$State($source))|+) => {
                    ::core::option::Option::Some(Task::$Task($input))
                })+
                _ => ::core::option::Option::None,
            }
        }
        fn failure(number: u16, reason: $crate::__private::String) -> ::core::option::Option<Event> {
            match number {
                $($number => ::core::option::Option::Some(::core::convert::Into::into(
                    events::$Failure { $($error: reason)? }
                )),)+
                _ => ::core::option::Option::None,
            }
        }
    };
}

/// Marks a machine without tasks.
#[doc(hidden)]
#[macro_export]
macro_rules! __taskless {
    ($Machine:ident [$($Input:ident)?]) => {
        impl $crate::task::Taskless for $Machine
        where
            for<'a> <$Machine as $crate::Machine>::Context: $crate::__private::Context<'a>,
            for<'a> Event: $crate::__private::Events<'a>,
            for<'a> Query: $crate::__private::Questions<'a>,
            $(for<'a> $Input: $crate::__private::Questions<'a>,)?
        {
        }
    };
    ($Machine:ident $inputs:tt $($tasks:tt)+) => {};
}
