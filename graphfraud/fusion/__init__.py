"""Evidence of the parts, joined into one risk, a verdict with reasons, and what is paid.

Everything adds up in log-odds, natural logarithms, before it becomes a probability.
"""
