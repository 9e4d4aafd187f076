"""~/.tao_mounts.json: our link, handing it over, giving it back."""
