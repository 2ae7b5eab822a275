"""From a folder to located tables: discover → sniff → read → locate, and whose they are."""
