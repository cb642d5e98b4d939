"""`python -m ddconsul` does what the console script does."""

from ddconsul.commands import main

main()
