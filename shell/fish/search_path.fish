# The folder of a project's Python in PATH: see posix/search_path.sh.

function _taoshell_prepend --argument-names folder own
    set -el PATH # a function sees a copy of what its caller has exported in a block
    if test ! -d "$folder"; or test -n "$own" -a ! -O "$folder"
        _taoshell_say (_taoshell_show "$folder")" is gone or not yours any more, so PATH stays as it is; run: taoshell allow"
        return 0
    end
    if contains -- $folder $PATH
        set -gx TAOSHELL_WAS_PATH $PATH
    else
        set -eg TAOSHELL_WAS_PATH
    end
    set -gx PATH $folder $PATH
end

function _taoshell_take_out --argument-names folder
    set -el PATH
    set -l rest $PATH
    set -e rest[1]
    if test "$PATH[1]" = "$folder" -a \( -z "$TAOSHELL_WAS_CONDA_PREFIX" -o "$CONDA_PREFIX/bin" = "$folder" \)
        if not contains -- $folder $rest $_OLD_VIRTUAL_PATH; and not set -qg TAOSHELL_WAS_PATH
            set -gx PATH $rest
            return 0
        end
    end
    set -l own
    set -l by_hand
    set rest $_OLD_VIRTUAL_PATH
    set -qg TAOSHELL_WAS_PATH; and set own x
    # A script `activate` has saved PATH since: `deactivate` must not bring our folder back.
    if set -l index (contains --index -- $folder $rest)
        set -e rest[$index]
        if test -z "$own"; or contains -- $folder $rest
            set -g _OLD_VIRTUAL_PATH $rest
        end
        if test "$VIRTUAL_ENV/bin" = "$folder"
            set own x
            set by_hand x
        end
    end
    set rest $PATH
    set -l found
    if set -l index (contains --index -- $folder $rest)
        set found x
        set -e rest[$index]
        if contains -- $folder $rest
            set -gx PATH $rest
            test -n "$own"; or set by_hand x # twice, and it was not there before
        else if test -z "$own"
            set -gx PATH $rest
        end
    end
    for name in $argv[2..]
        # The user has activated this same environment by hand: it stays.
        test -z "$by_hand"; or set -gx TAOSHELL_WAS_$name $$name
    end
    # `conda activate` has saved our prefix since: `conda deactivate` must not bring it back. It has also replaced our
    # folder, which stood before that of the former prefix: that one is now too many.
    if test "$CONDA_PREFIX/bin" != "$folder" -a -n "$TAOSHELL_WAS_CONDA_PREFIX"
        for level in 9 8 7 6 5 4 3 2 1
            set -l name CONDA_PREFIX_$level
            if test "$$name/bin" = "$folder"
                set -gx $name $TAOSHELL_WAS_CONDA_PREFIX
                if set -l index (contains --index -- $TAOSHELL_WAS_CONDA_PREFIX/bin $rest); and test -z "$found"
                    set -e rest[$index]
                    set -gx PATH $rest
                end
                break
            end
        end
    end
    set -eg TAOSHELL_WAS_PATH
end
