# Completion of taoshell's commands in fish; `taoshell _complete` finds out what there is: see taoshell/completion.py.

function _taoshell_complete
    for line in (_taoshell_run _complete (commandline -cp | string collect) </dev/null 2>/dev/null)
        set -l parts (string split \t -- $line)
        switch $parts[1]
            case dir
                __fish_complete_directories (commandline -ct)
            case file
                __fish_complete_path (commandline -ct)
            case '*'
                echo $parts[2]\t$parts[3]
        end
    end
end

complete --command taoshell --no-files --arguments '(_taoshell_complete)'
