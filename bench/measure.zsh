# Time one tool's hook in this zsh; measure.bash describes the variables and the output.

zmodload zsh/datetime

bench_sample() { # MEASURE COUNT START END
  local -i micros=$(( ($4 - $3) * 1000000 ))
  print -r -- "@ $1 $2 $micros"
}

# Do what zsh does before it shows a prompt. (zsh runs chpwd_functions by itself, in each cd.)
bench_prompt() {
  local bench_hook
  for bench_hook in $precmd_functions; do $bench_hook; done
}

bench_idle() { # MEASURE COUNT
  local -i bench_i
  local bench_start=$EPOCHREALTIME
  for (( bench_i = 0; bench_i < $2; bench_i++ )); do bench_prompt; done
  bench_sample $1 $2 $bench_start $EPOCHREALTIME
}

bench_go() { # MEASURE FOLDER
  local bench_start=$EPOCHREALTIME
  cd "$2" || exit
  bench_prompt
  bench_sample "$1" 1 $bench_start $EPOCHREALTIME
  bench_check "$1" "$2"
}

bench_check() { # MEASURE FOLDER
  if [[ -z $BENCH_CHECKED ]]; then return; fi
  if [[ $1 == leave ]]; then
    if [[ -n ${LOCAL_SPECS_DIR+set} ]]; then print -r "@ wrong LOCAL_SPECS_DIR is still set outside of all projects"; fi
  elif [[ ${LOCAL_SPECS_DIR-} != "$2/specs" ]]; then
    print -r "@ wrong LOCAL_SPECS_DIR is ${LOCAL_SPECS_DIR-unset} in $2"
  elif [[ -n $BENCH_FILE && $(<"$BENCH_FILE") != *"$2\""* ]]; then
    print -r "@ wrong the mounts file does not name $2"
  fi
}

bench_move() { # FOLDER
  cd "$1" || exit
  bench_prompt
}

bench_environment() { # FOLDER
  bench_move "$1"
  print -r "@ environment $1"
  env
  print "@ end"
}

bench_wait() {
  print "@ wait"
  read -r
}

bench_start=$EPOCHREALTIME
. "$BENCH_RC"
bench_sample line 1 $bench_start $EPOCHREALTIME

bench_prompt # mise skips the first prompt, because its line has just done the same
. "$BENCH_PLAN"
print "@ done"
