"""What sitecustomize.py watches, a module for each kind of library."""
