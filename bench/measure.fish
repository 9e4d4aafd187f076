# Time one tool's hook in this fish; measure.bash describes the variables and the output.
# fish 3 cannot read a clock without starting a process. Its keyword `time` measures inside fish: it
# prints `Executed in  12.34 micros` on stderr, here the terminal, after our `@ MEASURE COUNT`.

function bench_idle # MEASURE COUNT
    set -l numbers (seq $argv[2])
    echo "@ $argv"
    time for number in $numbers
        emit fish_prompt
    end
end

# Do what fish does for a typed command. (fish fires the PWD event by itself, in each cd.)
function bench_go # MEASURE FOLDER
    echo "@ $argv[1] 1"
    time begin
        emit fish_preexec "cd $argv[2]"
        cd $argv[2]
        emit fish_postexec "cd $argv[2]"
        emit fish_prompt
    end
    bench_check $argv
end

function bench_check # MEASURE FOLDER
    if test -z "$BENCH_CHECKED"
        return
    end
    if test $argv[1] = leave
        if set -q LOCAL_SPECS_DIR
            echo "@ wrong LOCAL_SPECS_DIR is still set outside of all projects"
        end
    else if test "$LOCAL_SPECS_DIR" != $argv[2]/specs
        echo "@ wrong LOCAL_SPECS_DIR is '$LOCAL_SPECS_DIR' in $argv[2]"
    else if test -n "$BENCH_FILE"; and not string match -q "*$argv[2]\"*" <$BENCH_FILE
        echo "@ wrong the mounts file does not name $argv[2]"
    end
end

function bench_prompt
    emit fish_prompt
end

function bench_move # FOLDER
    cd $argv[1]
    bench_prompt
end

function bench_environment # FOLDER
    bench_move $argv[1]
    echo "@ environment $argv[1]"
    env
    echo "@ end"
end

function bench_wait
    echo "@ wait"
    head -n 1 >/dev/null # fish's own `read` would draw a prompt
end

echo "@ line 1"
time source $BENCH_RC

bench_prompt # mise skips the first prompt, because its line has just done the same
source $BENCH_PLAN
echo "@ done"
