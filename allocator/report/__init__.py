"""Plans and verdicts for people: tables that fit a terminal, in words and units that need no manual."""
