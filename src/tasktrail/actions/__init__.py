"""What authors and workers do to tasks: permission, decision and event in one transaction."""
