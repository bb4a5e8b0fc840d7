"""The shop: customers, products, visits, orders."""
