"""What the world stands on: places, weather, chance, and columns that grow."""
