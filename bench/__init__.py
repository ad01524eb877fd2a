"""What BEE takes, each figure beside its floor: the same rows or statements, bare, on one server in one run."""
