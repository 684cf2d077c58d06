"""What is done about people, their rights and their credentials: every change is a task."""
