"""The toolkit behind buttons: in Excel, WPS or LibreOffice, on whatever workbook is open there.

A macro writes a request and starts ``python -m toolkit.excel``; ``clicks`` takes the request to one of ``actions``, which use the
same checking and marking as the command line. ``build`` makes the button workbook and the ribbon add-in from ``macros/``.
"""
