"""What the coach answers: crisis detection, the offline coach, and conversations as they are stored."""
