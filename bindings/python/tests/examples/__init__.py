"""What `test_examples.py` is made of: the programs, the tutorials' samples, a Redis server."""
