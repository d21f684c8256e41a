"""The investigators' graph database: a projection of finished runs, which can be made again from them at any time."""
