"""What planning and running have to agree on about the Python code of users. Light to import."""
