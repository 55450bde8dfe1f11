"""Code that commands share and that is no command itself: pictures, tables, masks and loads."""
