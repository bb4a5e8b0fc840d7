"""Deploy and destroy: the same templates, functions and SQL for every environment."""
