"""What sends data: the simulation, the replay of real files, the sender."""
