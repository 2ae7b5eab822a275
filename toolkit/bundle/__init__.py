"""The offline Windows folder, assembled anywhere: Python, the locked wheels unpacked, the toolkit, and files to double-click.

Nothing is installed on the target: no administrator, no network, no pip. The same inputs give the same bytes.
"""
