"""What the Makefile calls: set-up, tests, locks, screen sheets. Standard library only."""
