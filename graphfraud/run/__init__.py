"""The rooms of the main job that belong to no stage alone: what it tells, joins and records."""
