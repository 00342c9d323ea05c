"""Rules and facts that a team writes down: what must be said, asked, handed over or left unsaid, and what is true."""
