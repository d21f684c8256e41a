"""How suspicious behaviour is: a forest, a GraphSAGE, and surprise where nobody has labelled."""
