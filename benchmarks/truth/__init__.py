"""The analyses' claims, measured on simulated worlds whose truth is known."""
