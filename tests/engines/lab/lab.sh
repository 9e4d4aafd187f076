# shellcheck shell=bash
# lab.sh - shared by setup.sh and stop.sh, which source it: where the engines of these tests are.
#
# Docker is the private engine of tests/launcher/engine, whose scripts are used as they are. Podman has no daemon: all
# that it keeps is below $podman. Compose is PyPI's program.
# shellcheck source=../../launcher/engine/lab.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../launcher/engine/lab.sh"
# shellcheck disable=SC2034  # the variables are for the scripts that source this
{
  launcher_engine=$here
  here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
  clone=$(cd "$here/../../.." && pwd -P)
  podman=$lab/podman
  image=taoshell-train:1
}
