"""One kit over every registered backend and every solver behind it."""
