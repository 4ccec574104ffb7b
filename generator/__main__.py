"""`python -m generator` is the command `stillwork`."""

from generator.cli.commands import main

if __name__ == "__main__":
    main()
