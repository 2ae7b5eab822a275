"""Everything that people receive from a run: workbooks, reports, notices. Functions of one :class:`~toolkit.results.Results`."""
