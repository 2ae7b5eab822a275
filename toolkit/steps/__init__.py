"""The steps of a run: each joins stages that do not know each other."""
