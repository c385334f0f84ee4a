"""What `run.py` is made of: interpreters, environments, builds, steps."""
