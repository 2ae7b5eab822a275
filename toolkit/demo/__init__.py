"""The synthetic sample county: 359 stations, a year of ledgers, and a list of every mistake planted in them.

``make_county`` writes ``workbooks/stations/``, ``workbooks/roster.xlsx`` and ``planted.json`` below a folder. In ``planted.json``:

- ``figures``: the yearly figures, counted from the clean model before anything was spoilt;
- ``rows``: records by ledger, each counted once; ``files``: every file written; ``people``: people in the registers;
- ``planted``: one line a place, with kind, code, severity, file (relative to the folder), sheet (null in files without sheets),
  cell (null where a whole sheet, file or station is meant) and station (null where none can be told). Lines with the same
  ``group`` are one mistake that may show at any of these places; whatever of them is found is right;
- ``silent``: right entries in another form, which give no finding of weight;
- ``files_expected`` and ``ledgers_expected``: files and ledgers with a status of their own;
- ``not_planted``: mistakes that were drawn for a station and found no record to stand in.
"""

from toolkit.demo.county import County, make_county

__all__ = ["County", "make_county"]
