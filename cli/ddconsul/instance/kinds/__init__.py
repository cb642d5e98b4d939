"""The kinds of value that sections are made of: each checks what is written, and says what is allowed."""
