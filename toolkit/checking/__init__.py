"""Parsing and checking one batch of tables, and the rules that look at the whole county."""
