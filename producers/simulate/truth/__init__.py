"""What is really so, told beside the streams and never on them."""
