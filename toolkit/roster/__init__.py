"""The roster: every station with its level, parent, contact, validity and the ledgers it owes; read from a workbook people edit."""

from toolkit.roster.station import Station
from toolkit.roster.stations import Roster
from toolkit.roster.workbook import HEADINGS, SHEET, RosterError, read_roster

__all__ = ["HEADINGS", "SHEET", "Roster", "RosterError", "Station", "read_roster"]
