"""From a question's file to plain values: its header, what it is asked with, which run answers."""
