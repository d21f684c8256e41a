"""From files to admitted rows: read, typed, judged, quarantined."""
