"""The local page: check, mark and correct workbooks, consolidate a workspace, all in a browser on this computer.

It is the twin of the buttons for people whose spreadsheet program runs no macros: the same actions, the same sentences.
"""
