"""What the project promises about itself, and what was really run to show it."""
