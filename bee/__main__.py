"""``python -m bee``: the command line."""

from bee.cli import main

if __name__ == "__main__":
    main()
