"""What workers ask for: jobs, what comes next, and where to put what their steps write."""
