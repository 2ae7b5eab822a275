"""The built-in ledgers, one TOML file each, and the dictionary made of them."""
