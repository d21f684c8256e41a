"""The command `graphfraud`, a file a subcommand; nothing heavy is imported before it is needed."""
