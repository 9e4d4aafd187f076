# shellcheck shell=bash
# Time one tool's hook in this bash. bench/shells.py sets these variables:
#   BENCH_RC        a file with the tool's line of the start file
#   BENCH_PLAN      a file with calls of the functions below: what this shell does
#   BENCH_CHECKED   not empty: check the variables after each move
#   BENCH_FILE      not empty: check that this file names the project after each move into it
# Each sample is printed as `@ MEASURE COUNT MICROSECONDS`: the time of COUNT repetitions.

bench_sample() { # MEASURE COUNT START END
  echo "@ $1 $2 $((${4/./} - ${3/./}))"
}

# Do what bash does before it shows a prompt: evaluate each element of PROMPT_COMMAND.
bench_prompt() {
  local bench_command
  for bench_command in "${PROMPT_COMMAND[@]}"; do eval "$bench_command"; done
}

bench_idle() { # MEASURE COUNT
  local bench_i bench_start=$EPOCHREALTIME
  for ((bench_i = 0; bench_i < $2; bench_i++)); do bench_prompt; done
  bench_sample "$1" "$2" "$bench_start" "$EPOCHREALTIME"
}

bench_go() { # MEASURE FOLDER
  local bench_start=$EPOCHREALTIME
  cd "$2" || exit
  bench_prompt
  bench_sample "$1" 1 "$bench_start" "$EPOCHREALTIME"
  bench_check "$1" "$2"
}

bench_check() { # MEASURE FOLDER
  if [[ -z $BENCH_CHECKED ]]; then return; fi
  if [[ $1 == leave ]]; then
    if [[ -n ${LOCAL_SPECS_DIR+set} ]]; then echo "@ wrong LOCAL_SPECS_DIR is still set outside of all projects"; fi
  elif [[ ${LOCAL_SPECS_DIR-} != "$2/specs" ]]; then
    echo "@ wrong LOCAL_SPECS_DIR is ${LOCAL_SPECS_DIR-unset} in $2"
  elif [[ -n $BENCH_FILE && $(<"$BENCH_FILE") != *"$2\""* ]]; then
    echo "@ wrong the mounts file does not name $2"
  fi
}

# Not timed.
bench_move() { # FOLDER
  cd "$1" || exit
  bench_prompt
}

bench_environment() { # FOLDER
  bench_move "$1"
  echo "@ environment $1"
  env
  echo "@ end"
}

# Until a line is typed.
bench_wait() {
  echo "@ wait"
  read -r
}

bench_start=$EPOCHREALTIME
# shellcheck source=/dev/null
. "$BENCH_RC"
bench_sample line 1 "$bench_start" "$EPOCHREALTIME"

bench_prompt # mise skips the first prompt, because its line has just done the same
# shellcheck source=/dev/null
. "$BENCH_PLAN"
echo "@ done"
