"""Why a reply was given: what it was made of, what would have changed it, and whether it comes out the same again."""
