"""The side of a worker that Temporal sees: jobs as activities, and how many of them at once."""
