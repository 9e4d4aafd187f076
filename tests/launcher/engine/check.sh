#!/usr/bin/env bash
# check.sh - run two containers at once, and try each trap in a mounts file on a real container. Run setup.sh first.
set -u
# shellcheck source=lab.sh
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"

# -- helpers ---------------------------------------------------------------------------------------------------------

work=$(realpath "$(mktemp -d)") || die 1 "mktemp failed"
trap 'rm -rf "$work"' EXIT
cd "$work" || die 1 "no $work"
passed=0 failed=0

# equal WHAT WANTED GOT
equal() {
  if [ "$2" = "$3" ]; then
    passed=$((passed + 1))
    printf 'ok   %s\n' "$1"
  else
    failed=$((failed + 1))
    printf 'FAIL %s\n  wanted: %s\n  got:    %s\n' "$@"
  fi
}

# contains WHAT PART WHOLE
contains() {
  case $3 in
    *"$2"*) equal "$1" "$2" "$2" ;;
    *) equal "$1" "$2" "$(tail -3 <<<"$3")" ;;
  esac
}

# mounts SOURCE DESTINATION [SOURCE DESTINATION...] [FURTHER JSON MEMBERS]: write mounts.json
mounts() {
  local list=''
  while [ $# -ge 2 ]; do
    list+="${list:+, }{\"source\": \"$1\", \"destination\": \"$2\"}"
    shift 2
  done
  printf '{"Mounts": [%s]%s}\n' "$list" "${1:+, $1}" >mounts.json
}

run() { "$here/run.sh" mounts.json "$@" 2>&1; }

# Print the mounts of a container for mounts.json, as Docker reports them: SOURCE>DESTINATION
mounted() {
  LAB_INSPECT=$work/inspected "$here/run.sh" mounts.json true 2>/dev/null
  "$launcher/python" -c '
import json, sys
print(*sorted("{Source}>{Destination}".format(**mount) for mount in json.load(open(sys.argv[1]))))' inspected
  rm -f inspected
}

export LAB_HOME=$work/home
mkdir -p home/.docker home/data first second 'with space' real
cp "$lab/home/.docker/config.json" home/.docker/
touch first/one second/two home/data/at-home 'with space/inside'
ln -s real link

# -- two projects ----------------------------------------------------------------------------------------------------

for project in first second; do
  mounts "$work/$project" /workspace/tao-experiments
  mv mounts.json $project.json
  "$here/run.sh" $project.json sh -c 'sleep 2; ls /workspace/tao-experiments' >$project.seen &
done
for _ in {1..40}; do
  running=$(engine ps -q | wc -l)
  [ "$running" != 2 ] || break
  sleep 0.1
done
wait
equal 'two containers run at the same time' 2 "$running"
equal 'the first sees its own project' one "$(cat first.seen)"
equal 'the second sees its own project' two "$(cat second.seen)"
cp first.json home/.tao_mounts.json
# shellcheck disable=SC2088  # the descriptions of the checks contain a literal ~
{
  equal '~/.tao_mounts.json counts without LAUNCHER_MOUNTS' one "$("$here/run.sh" - ls /workspace/tao-experiments)"
  equal 'LAUNCHER_MOUNTS beats ~/.tao_mounts.json' two "$("$here/run.sh" second.json ls /workspace/tao-experiments)"
}

# -- traps -----------------------------------------------------------------------------------------------------------

mounts "$work/first" /w/a "$work/first" /w/b
equal 'one source twice: only the last destination' "$work/first>/w/b" "$(mounted)"
mounts "$work/first" /w/a "$work/second" /w/a
contains 'one destination twice: refused' 'Duplicate mount point: /w/a' "$(run true)"
mounts "$work/first" /w/a:b
contains 'a colon: refused' 'invalid volume specification' "$(run true)"
mounts "$work/first" /w/a '"_comment": "x"'
contains 'another top-level key: refused, and named' \
  "KeyError: 'Invalid field _comment found in mounts.json file.'" "$(run true)"
mounts "$work/nowhere" /w/a
contains 'a missing source: refused' "ValueError: Mount point source path doesn't exist. $work/nowhere" "$(run true)"
mounts "$work/with space" /w/a
equal 'a source with a space works' inside "$(run ls /w/a)"
mounts first /w/a
equal "a relative source: from the shell's folder" "$work/first>/w/a" "$(mounted)"
mounts "$work/first" w/a
equal "a relative destination: below the host's folder" "$work/first>$work/w/a" "$(mounted)"
# shellcheck disable=SC2016,SC2088  # ~ and $HOME are meant for the launcher, not for this shell
{
  mounts '~/data' /w/a
  equal '~ in a source: HOME' "$work/home/data>/w/a" "$(mounted)"
  mounts '$HOME/data' /w/a
  contains '$HOME in a source: not expanded' "doesn't exist. $work/\$HOME/data" "$(run true)"
  mounts "$work/first" '~/a'
  equal "~ in a destination: the host's HOME" "$work/first>$work/home/a" "$(mounted)"
}
mounts "$work/first" "$work/link/a"
equal 'a destination through a symlink of the host: resolved there' "$work/first>$work/real/a" "$(mounted)"

# -- options ---------------------------------------------------------------------------------------------------------

mounts "$work/first" /w/a '"DockerOptions": {"tty": false}'
equal "tty false: the container's bash ends at once" 1 "$(run true | grep -cE 'is not running|No such container')"
mounts "$work/first" /w/a \
  '"DockerOptions": {"ulimits": {"memlock": -1, "stack": 67108864}, "shm_size": "16G", "user": "1000:1000"}'
# shellcheck disable=SC2016  # for the container's shell
equal "the options of NVIDIA's samples" '1000 one' "$(run sh -c 'echo $(id -u) $(ls /w/a)')"
run sh -c 'exit 7' >/dev/null
equal "run.sh gives the command's own status" 7 $?

echo "$passed passed, $failed failed"
[ $failed = 0 ]
