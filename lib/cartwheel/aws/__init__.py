"""AWS: one service a module."""
