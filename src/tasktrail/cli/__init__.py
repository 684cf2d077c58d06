"""The command line: parse, call, print. Everything else happens behind `tasktrail.local.Client`."""

import gc

# While a command is loaded, nearly all that is made stays: to look for garbage in it again and
# again takes an eighth of the start.
gc.set_threshold(100_000)
