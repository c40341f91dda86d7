//! Whether each task can end wherever its state is active.

use proc_macro2::Ident;

use crate::model::{Model, StateId, Task};
use crate::report::Report;

pub(super) fn check(model: &Model<'_>, report: &mut Report) {
    for task in &model.tasks {
        let leaves = model.leaves(task.node);
        if let Some(last) = leaves.iter().find(|leaf| model[**leaf].is_final) {
            let (state, name) = (&task.options.state, model.name(*last));
            report.at(
                state,
                format_args!(
                    "`{name}` is final, so no task can end there: name a state with transitions"
                ),
            );
            continue;
        }
        for (event, at) in &task.ends {
            ends(model, task, *event, at, &leaves, report);
        }
    }
}

/// Checks that one of the events in which a task may end is possible in all of its states, and for tasks.
fn ends(
    model: &Model<'_>,
    task: &Task<'_>,
    event: usize,
    at: &Ident,
    leaves: &[StateId],
    report: &mut Report,
) {
    let Some(event) = model.events.get(event) else { return };
    let name = &task.function.ident;
    for leaf in leaves {
        let state = model.name(*leaf);
        let clause = event.clauses.iter().find(|clause| clause.sources.contains(leaf));
        let message = match clause {
            None => format!(
                "the task `{name}` may end in `{at}` while the machine is in `{state}`, where it is not legal: declare it there, \
                 or remove it here"
            ),
            Some(clause) if clause.after.is_some() => {
                format!(
                    "`{at}` is a timeout in `{state}`, which comes by itself: end the task in another event"
                )
            }
            Some(clause) if clause.by_human.is_some() => {
                format!(
                    "a person decides on `{at}` in `{state}`, so that a task cannot end in it: name another event"
                )
            }
            Some(_) => continue,
        };
        report.at(at, message);
        return;
    }
}
