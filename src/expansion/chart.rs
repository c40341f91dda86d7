//! The machine as data.

/// The machine as data.
#[doc(hidden)]
#[macro_export]
macro_rules! __chart {
    (
        $(#[$meta:meta])*
        $vis:vis CHART = $name:literal $docs:literal $initial:literal $declaration:literal
            $({$($secret_of_context:literal)*})?;
        states { $(
            $state:literal $wire:literal $state_docs:literal [$($parent:literal)?]
            $({$($secret:literal)*})? $($state_is:ident)*;
        )* }
        superstates { $(
            $superstate:literal $super_wire:literal $super_docs:literal [$($super_parent:literal)?] $($super_default:literal)?;
        )* }
        events { $(
            $event:literal $event_docs:literal $payload:tt
            $([$($from:literal)*] [$($target:ident $to:literal)*] [$($guard:literal)*] [$($after:literal)?] $($clause_docs:literal)? $($clause_is:ident $(($number:literal))?)*),+;
        )* }
        queries { $($query:literal $query_docs:literal $arguments:tt $($about:literal)?;)* }
        prompts { $($prompt:literal $prompt_docs:literal $parameters:tt $($subject:literal)? [$($for:literal)*];)* }
        $(tasks { $(
            $task:literal $task_docs:literal $task_state:literal [$($outcome:literal)*] $failure:literal
                $attempts:literal $backoff:literal $limit:literal;
        )* })?
        $(version $version:literal)?
        $(inputs $inputs:tt)?
    ) => {
        $(#[$meta])*
        $vis const CHART: $crate::chart::Chart = $crate::chart::Chart::new($name, $docs, $initial)
            .with_declaration(&$crate::__private::bytes($declaration))
            $(.with_sensitive_context(&[$($secret_of_context),*]))?
            .with_states(
                &[$($crate::chart::State::new($state, $wire, $state_docs)$(.with_parent($parent))?
                    $(.with_sensitive(&[$($secret),*]))?$(.$state_is())*),*],
                &[$($crate::chart::State::new($superstate, $super_wire, $super_docs)
                    $(.with_parent($super_parent))?$(.with_default($super_default))?),*],
            )
            .with_events(&[$(
                $crate::chart::Event::new($event, $event_docs, $crate::__parameters!($payload), &[$(
                    $crate::chart::Clause::new(&[$($from),*], &[$($crate::chart::Target::$target($to)),*])
                        .with_guards(&[$($guard),*])$(.after_milliseconds($after))?$(.with_docs($clause_docs))?$(.$clause_is($($number)?))*
                ),+])
            ),*])
            .with_queries(&[$(
                $crate::chart::Query::new($query, $query_docs, $crate::__parameters!($arguments))
                    $(.about_state($about))?
            ),*])
            .with_prompts(&[$(
                $crate::chart::Prompt::new(
                    $crate::chart::Query::new($prompt, $prompt_docs, $crate::__parameters!($parameters))
                        $(.about_state($subject))?,
                    &[$($for),*],
                )
            ),*])
            $(.with_tasks(&[$(
                $crate::chart::Task::new($task, $task_docs, $task_state)
                    .ending_in(&[$($outcome),*], $failure)
                    .tried($attempts, $backoff, $limit)
            ),*]))?
            $(.with_version($version))?
            $(.with_inputs($crate::__parameters!($inputs)))?;
    };
}

/// The parts of a payload, or the arguments of a query or a prompt.
#[doc(hidden)]
#[macro_export]
macro_rules! __parameters {
    (($($name:literal $ty:literal $docs:literal $($is:ident)*,)*)) => {
        &[$($crate::chart::Parameter::new($name, $ty, $docs)$(.$is())*),*]
    };
}
