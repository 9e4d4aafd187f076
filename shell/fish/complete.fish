# Completion of taoshell's commands in fish. `taoshell _complete` answers: see taoshell/terminal/completion.py.

function _taoshell_complete
    for line in (_taoshell_run _complete (commandline -cp | string collect) </dev/null 2>/dev/null)
        set -l parts (string split \t -- $line)
        switch $parts[1]
            case dir
                __fish_complete_directories (commandline -ct)
            case file
                # complete the VALUE of NAME=VALUE
                set -l name (string match --regex '^[^=]*=' -- (commandline -ct))
                for path in (__fish_complete_path (string replace -- "$name" '' (commandline -ct)))
                    echo "$name"$path
                end
            case '*'
                echo $parts[2]\t$parts[3]
        end
    end
end

complete --command taoshell --no-files --arguments '(_taoshell_complete)'
