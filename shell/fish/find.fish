# Finding the project that the working directory is in: see posix/find.sh.

# _taoshell_found: the nearest folder with a taoshell.toml. A project is known by its physical path, which is worked out
# only if a folder on the way up is a symlink.
function _taoshell_find
    set -g _taoshell_reached
    _taoshell_climb $PWD; and return 0
    set -g _taoshell_found
    # `pwd -P` only says where the symlinks in $PWD lead now, and not where this shell is. A command substitution would
    # remove a newline at the end of a name. No physical path ends in //, so that ends it here.
    begin
        builtin realpath /proc/self/cwd 2>/dev/null; or builtin pwd -P 2>/dev/null; and builtin printf //
    end | read --null --delimiter \n// --local folder rest
    set -g _taoshell_reached $folder
    test -z "$folder"; or _taoshell_climb $folder
end

# Walk from / down to a folder. Fails if a folder on the way is a symlink.
function _taoshell_climb --argument-names folder
    set -g _taoshell_found
    set -l names
    string match --all --quiet --regex '(?<names>[^/]+)' -- $folder # unlike a command substitution, this takes no thread
    set folder
    for name in $names
        set folder "$folder/$name"
        test -L "$folder" -o -e "$folder/taoshell.toml"; or continue
        test ! -L "$folder"; or return 1
        set -g _taoshell_found $folder
    end
    return 0
end
