"""The analyses of the data's road itself: does it flow, is it fresh, what waits for somebody."""
