# Saving and giving back a variable with all that it is; in fish, nothing else can go wrong: see posix/attributes.sh.

# Save the former value of the variable $name in TAOSHELL_WAS_…. It is exported if $name is, so that a shell started here
# can restore it too.
function _taoshell_keep --argument-names name
    if set -qUx $name; and not set -qg $name # a shell started here has no other way to know it
        set -gx TAOSHELL_WAS_$name $$name
    else
        _taoshell_copy $name TAOSHELL_WAS_$name
    end
end

function _taoshell_give_back --argument-names name
    if set -qgx TAOSHELL_WAS_$name; and set -qUx $name
        set -el $name
        set -eg $name
        set -l was TAOSHELL_WAS_$name
        test "$$name" != "$$was"; or return 0 # the universal variable shows again
    end
    _taoshell_copy TAOSHELL_WAS_$name $name
end

# Copy a global variable with all that it is: a list, a path variable, exported or not.
function _taoshell_copy --argument-names from to
    if not set -qg $from
        set -eg $to
        return
    end
    set -el $from $to # a function sees a copy of what its caller has exported in a block, and that hides the global one
    set -l kind --unpath
    set -qg --path $from; and set kind --path
    if set -qgx $from
        set -gx $kind $to $$from
    else
        set -gu $kind $to $$from
    end
end
