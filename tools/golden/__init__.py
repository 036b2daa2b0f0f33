"""Golden tensors from the published packages, one module for each family of cases."""
