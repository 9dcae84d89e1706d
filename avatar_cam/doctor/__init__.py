"""What `avatar-cam doctor` looks at: a module for each check, which is a function of what it may ask."""
