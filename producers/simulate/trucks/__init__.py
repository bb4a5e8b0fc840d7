"""The trucks: orders become routes, routes are driven, parts wear out."""
