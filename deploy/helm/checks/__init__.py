"""What deploy/helm/check.py checks, a file for each."""
