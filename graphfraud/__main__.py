"""`python -m graphfraud` is the command `graphfraud`."""

from graphfraud.cli.main import main

if __name__ == "__main__":
    main()
