"""How an editor like VS Code starts a shell in its terminal.

The editor runs a script of its own before or after the user's start files, and that script wraps the prompt: in bash by
--init-file, in zsh by the editor's ZDOTDIR, in fish by --init-command.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.shells.dialects import Shell

# The user's own prompt commands must still see the status of the last command.
_BASH = """\
. ~/.bashrc
editor_given=("${PROMPT_COMMAND[@]}")
editor_restore() { return "$1"; }
editor_prompt() {
  local status=$? each
  EDITOR_SAW=$LOCAL_PROJECT_DIR
  for each in "${editor_given[@]}"; do editor_restore "$status"; eval "$each"; done
  editor_ready=1
}
editor_before() { if [[ -n ${editor_ready-} ]]; then editor_ready=; fi; }
trap editor_before DEBUG
PROMPT_COMMAND=editor_prompt
"""
_ZSH = {
    ".zshenv": """\
EDITOR_ZDOTDIR=$ZDOTDIR
ZDOTDIR=$USER_ZDOTDIR
[[ ! -f $ZDOTDIR/.zshenv ]] || . $ZDOTDIR/.zshenv
USER_ZDOTDIR=$ZDOTDIR ZDOTDIR=$EDITOR_ZDOTDIR
""",
    ".zshrc": """\
ZDOTDIR=$USER_ZDOTDIR
[[ ! -f $ZDOTDIR/.zshrc ]] || . $ZDOTDIR/.zshrc
editor_precmd() { editor_ready=1 }
editor_preexec() { editor_ready= }
autoload -Uz add-zsh-hook
add-zsh-hook precmd editor_precmd
add-zsh-hook preexec editor_preexec
""",
}
_FISH = """\
function editor_prompt --on-event fish_prompt; set -g editor_ready 1; end
function editor_before --on-event fish_preexec; set -g editor_ready; end
"""


@dataclass(frozen=True)
class Editor:
    """A running editor: `environment` is its environment, `folder` holds its scripts."""

    shell: Shell
    environment: Mapping[str, str]
    folder: Path

    def start(self) -> tuple[list[str], dict[str, str]]:
        """Return the command and the environment of a new terminal."""
        self.folder.mkdir(exist_ok=True)
        env = {**self.environment, "TERM_PROGRAM": "vscode", "VSCODE_INJECTION": "1", "TERM": "xterm-256color"}
        program = self.shell.command()[0]
        if self.shell.name == "bash":
            (self.folder / "rc.bash").write_text(_BASH)
            return [program, "--init-file", str(self.folder / "rc.bash")], env
        if self.shell.name == "zsh":
            for name, text in _ZSH.items():
                (self.folder / name).write_text(text)
            return [program, "-i"], {**env, "ZDOTDIR": str(self.folder), "USER_ZDOTDIR": env["HOME"]}
        (self.folder / "rc.fish").write_text(_FISH)
        return [program, "--init-command", f"source {self.shell.quote(str(self.folder / 'rc.fish'))}"], env
