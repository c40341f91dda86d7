#!/bin/sh
# Drives every tool, prompt and resource of the orchestrator by the MCP Inspector, each with a server of its own.
#
#     tests/foreign/inspector.sh target/debug/leverframe
#
# Needs Node; `npx` fetches the Inspector. INSPECTOR names another command than `npx @modelcontextprotocol/inspector`.
set -eu
program=${1:-target/debug/leverframe}
inspector=${INSPECTOR:-npx --yes @modelcontextprotocol/inspector}
count=0

# Asks, and looks for a text in the answer.
check() {
    expected=$1
    shift
    # shellcheck disable=SC2086
    answer=$($inspector --cli "$program" serve --store memory --method "$@" 2>&1) || true
    case $answer in
    *"$expected"*) count=$((count + 1)) ;;
    *) printf '%s\n\nexpected `%s` of %s\n' "$answer" "$expected" "$*" >&2 && exit 1 ;;
    esac
}

tool() {
    expected=$1 name=$2
    shift 2
    check "$expected" tools/call --tool-name "$name" "$@"
}

check '"transition_state"' tools/list
tool '"version": 0' start_run --tool-arg run=a
tool '"runs": []' list_runs
tool '"description": "Waiting for instructions."' get_current_state
tool '"records": []' get_history --tool-arg limit=5
tool '"event": "plan"' transition_state --tool-arg new_state=planning --tool-arg 'arguments={"task_description":"tea"}'
tool '"kind": "no_transition"' transition_state --tool-arg new_state=REVIEWING
tool '"version": 1' add_user_message --tool-arg message=m
tool '"version": 1' add_assistant_message --tool-arg message=m
tool '"version": 1' add_system_message --tool-arg message=m
tool '"value": []' get_conversation_history --tool-arg max_messages=0
tool '"version": 1' store_task_data --tool-arg key=k --tool-arg value=v
tool '"version": 1' store_knowledge --tool-arg key=k --tool-arg value=v
tool 'no task data is stored under `k`' get_task_data --tool-arg key=k
tool 'no knowledge is stored under `k`' get_knowledge --tool-arg key=k
tool '"value": []' list_task_data_keys
tool '"value": []' list_knowledge_keys

check '"planning_prompt"' prompts/list
check 'IDLE' prompts/get --prompt-name idle_prompt
check 'task_description: tea' prompts/get --prompt-name planning_prompt --prompt-args task_description=tea
check 'research_topic: tea' prompts/get --prompt-name researching_prompt --prompt-args research_topic=tea
check 'action_plan: tea' prompts/get --prompt-name executing_prompt --prompt-args action_plan=tea
check 'REVIEWING' prompts/get --prompt-name reviewing_prompt
check 'error_description: tea' prompts/get --prompt-name error_prompt --prompt-args error_description=tea

check '"orchestration://history"' resources/list
check '"run://{run}/state"' resources/templates/list
check 'Waiting for instructions.' resources/read --uri state://current
check 'stateDiagram-v2' resources/read --uri machine://chart
check '"text": "[]"' resources/read --uri orchestration://history
check 'IDLE' resources/read --uri state://idle/prompt
check 'Waiting for instructions.' resources/read --uri run://main/state
check 'records' resources/read --uri run://main/history
check 'ERROR' resources/read --uri run://main/prompt/error

echo "$count answers of the Inspector: ok"
