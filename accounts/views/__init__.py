"""The settings' pages, by what they are about."""
