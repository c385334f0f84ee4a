"""Whether memory grows: what is repeated, and how the growth is measured."""
