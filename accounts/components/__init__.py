"""The shared pieces of every page, grouped by what they show; ``{% load ui %}`` brings them all."""
