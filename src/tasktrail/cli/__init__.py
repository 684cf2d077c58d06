"""The command line: parse, call, print. Everything else happens behind `tasktrail.local.Client`."""
