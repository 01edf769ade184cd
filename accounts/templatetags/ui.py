"""The pieces every page is put together from: ``{% load ui %}``."""

from django import template

from accounts.components import blocks, drawings, forms, lists, navigation, words

register = template.Library()
for part in (words, blocks, lists, forms, navigation, drawings):
    register.tags |= part.register.tags
    register.filters |= part.register.filters
