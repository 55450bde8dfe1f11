"""Documents compiled to Python code: see README.md."""
