"""The command line: reads, calls the library, shows. Nothing is decided here that changes a plan."""
