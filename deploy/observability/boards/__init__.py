"""One file for each dashboard: its title, what it is for, and its panels in the order in which they are read."""
