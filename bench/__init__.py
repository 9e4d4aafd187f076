"""`make bench`: how long prompts, switches and shell starts take with taoshell, compared with direnv and mise."""
