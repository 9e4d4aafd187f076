# shellcheck shell=bash disable=SC2034
# What a shell remembers from one prompt to the next. A line each: what it is, and its values. Every other variable is
# local to a function; its name begins with _taoshell_ all the same, as a `local` fails if the user has a read-only
# variable of that name.
#
# bash and zsh share the scripts in this folder. The hook of each (bash/hook.bash, zsh/hook.zsh) comes first. It has the
# values that are fixed when the hook is generated, and functions for all that differs between the two:
#   _taoshell_say TEXT         one line for the user, on stderr
#   _taoshell_flush            say the lines that zsh has held back until the first prompt
#   _taoshell_physical         _taoshell_dir becomes the physical working directory
#   _taoshell_show TEXT        _taoshell_shown becomes TEXT, safe to print
#   _taoshell_keep NAME VALUE  save a former value with its attributes
#   _taoshell_give_back NAME [VALUE]  restore it, or unset the variable if it had none
#   _taoshell_run_apart PROGRAM [ARG]...  run it out of reach of Ctrl-C and Ctrl-Z, without stdin, and with stdout on stderr
#   _taoshell_catch_cd         (bash only) make a `cd` act at once
#   _taoshell_catch_exit       (bash only) settle at the end of the shell
#   _taoshell_note_unheard     the caller's _taoshell_unheard: the variable that should call the hook and does not, or ''
#   _taoshell_hush             commands that turn `set -x` off until the function returns
#   _taoshell_swap TARGET      the symlink `cur` gets another target, atomically
# A generation, compiled by `taoshell allow`, has functions that end in its name: _taoshell_unchanged_NAME,
# _taoshell_test_briefly_NAME, _taoshell_enter_NAME and _taoshell_leave_NAME. (The last two have helpers for what is rare.)

# `$$` tells a new shell from this one even if `set -a` has exported our variables; and after `exec` the functions are gone.
if [[ ${_taoshell_pid-} != "$$" ]] || ! builtin type _taoshell_begin >/dev/null 2>&1; then
  _taoshell_pid='' # this shell's `$$`, as soon as the hook has begun
  # -- the project
  _taoshell_found=''      # the project that the working directory is in, or ''
  _taoshell_root=''       # the project that this shell has dealt with, or ''
  _taoshell_kind=''       # what came of it: '' (none), entered, unapproved, failed; off; foreign: another user's state
  _taoshell_generation='' # the generation whose values this shell has; `refused` for those of _taoshell_refuse; or ''
  _taoshell_loaded=''     # the generations whose functions this shell has: a line with the root, then one with the name
  _taoshell_kept_ones=''  # the project's variables that keep the user's value in this shell, each between spaces
  _taoshell_shadowed=''   # not empty: a function's own variable was in the way
  _taoshell_foreign=''    # what belongs to another user, so that nothing is loaded
  _taoshell_stuck=''      # the name of an inherited project whose values this shell cannot remove
  # -- this shell's session
  _taoshell_here=''           # @host@boot-start of pid 1: where pids are valid
  _taoshell_session=''        # the path of this shell's session
  _taoshell_claimed=''        # the project that the session says
  _taoshell_asked_rebooted='' # not empty: Python has looked at sessions of this host from another boot
  _taoshell_told=''           # not empty: the user knows that there is no /proc
  _taoshell_complained=''     # not empty: the user knows why the mounts file cannot follow this shell in this project
  # -- the mounts file
  _taoshell_mode=''   # '' (unknown), held (by a project), own (the user's mapping), apart (not our symlink), waiting, failed
  _taoshell_holder='' # the newest live session that is in a project, or ''
  _taoshell_want=''   # the mapping that it wants in force
  _taoshell_twin=''   # the twin of that mapping, which has the same mtime
  # -- what an idle prompt tests; a path that does not matter at the moment is '' or /
  _taoshell_at=''       # WORKING DIRECTORY:GENERATION at the last prompt that was in order; '' to look again
  _taoshell_watch=''    # a taoshell.toml that does not exist
  _taoshell_reached=''  # the working directory is this one, where a symlink in $PWD has led; '' if there is none
  _taoshell_arrived=''  # this is not newer than
  _taoshell_looked=''   # this one, which is this shell's last look at the sessions
  _taoshell_alive=/     # the holder's process
  _taoshell_busy=/      # the process that had the lock when Python gave up waiting for it
  _taoshell_again=''    # not empty: this look was interrupted
  _taoshell_has_trap='' # not empty: bash calls us at its end, or the user has an EXIT trap
  # -- during a prompt
  _taoshell_options='' # commands that give back the options of the user that are off
  _taoshell_status=''  # the exit status of the user's last command; '' before the first prompt
fi
