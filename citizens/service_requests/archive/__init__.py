"""Final requests past their age, moved from the database to files that can be read and put back."""
