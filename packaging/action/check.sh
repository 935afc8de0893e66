#!/usr/bin/env bash
# Visits what is to be visited, and makes the report, the summary and the numbers of it.
# shellcheck source=packaging/action/shared.sh
source "${BASH_SOURCE[0]%/*}/shared.sh"
cd "$GITHUB_WORKSPACE"
need jq

[[ $ACTION_DAYS =~ ^[0-9]{1,4}$ ]] || fail "\`$ACTION_DAYS\` is no number of days" "set \`days\` to a number such as 7"
case $ACTION_FAIL_ON in
  new | confirmed | never) ;;
  *) fail "\`fail-on\` cannot be \`$ACTION_FAIL_ON\`" "set it to new, confirmed or never" ;;
esac

folder=$(mktemp -d "$RUNNER_TEMP/mlsearch-report.XXXXXX")
no_network=false code=0
fail_on=$ACTION_FAIL_ON
# Without a change nothing is new.
if [ "$ACTION_MODE" != pr ] && [ "$fail_on" = new ]; then
  fail_on=never
fi
check=(--index "$ACTION_COLLECTION" check --days "$ACTION_DAYS" --fail-on "$fail_on"
  --report "json=$folder/report.json" --report "markdown=$folder/report.md")
if [ "$ACTION_MODE" = pr ]; then
  check+=(--changed-since "$ACTION_BASE")
else
  update=(--index "$ACTION_COLLECTION" update --json)
  [ "$ACTION_MODE" != full ] || update+=(--refresh)
  # An index that is not published is no reason to say nothing of the links.
  run_program "${update[@]}" >"$folder/update.jsonl" || code=$?
  if [ "$(tail -n 1 "$folder/update.jsonl" | jq -r '.summary.no_network // false')" = true ]; then
    no_network=true
  elif [ "$code" -ne 0 ]; then
    warn "the update has ended with exit code $code; the log says why"
  fi
  code=0
fi
run_program "${check[@]}" || code=$?
[ -s "$folder/report.json" ] || fail "there is no report" "look at what mlsearch says above"
if [ "$(jq -r .no_network "$folder/report.json")" = true ]; then
  no_network=true
fi
if [ "$no_network" = true ]; then
  code=2
  warn "no network: nobody has answered, so nothing new is said of any link"
fi

number() {
  local value
  value=$(jq -r ".counts.$2" "$folder/report.json")
  [[ $value =~ ^[0-9]+$ ]] || fail "the report has no $2" "look at what mlsearch says above"
  output "$1" "$value"
}

{
  if [ "$no_network" = true ] && [ "$ACTION_MODE" != pr ]; then
    printf '**No network: nobody has answered. This is what earlier visits have found.**\n\n'
  fi
  cat "$folder/report.md"
} >>"$GITHUB_STEP_SUMMARY"
output exit-code "$code"
number added added
number broken-new broken_new
number broken-confirmed broken_confirmed
number moved moved
output report "$folder/report.md"
# Whether the visits of this run are known, so that others may be told of them.
output known "$([ "$no_network" = true ] && echo false || echo true)"
