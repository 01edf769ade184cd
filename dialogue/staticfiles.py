"""Which of the packages' static files are collected: those the pages use, in a third of the time all would take."""

from django.contrib.staticfiles.apps import StaticFilesConfig as DjangoStaticFilesConfig

USED_WEIGHTS = {"Regular", "Italic", "Medium", "SemiBold", "Bold"}
WEIGHTS = {"Thin", "ExtraLight", "Light", "Regular", "Medium", "SemiBold", "Bold", "ExtraBold", "Black"}
FONT = "BeVietnamPro"


class StaticFilesConfig(DjangoStaticFilesConfig):
    ignore_patterns = [
        *DjangoStaticFilesConfig.ignore_patterns,
        # Of Bootstrap only bootstrap.min.css and bootstrap.bundle.min.js with their source maps.
        "*.rtl.*",
        "bootstrap-*",
        "bootstrap.css*",
        "bootstrap.js*",
        "bootstrap.min.js*",
        "bootstrap.esm.*",
        "bootstrap.bundle.js*",
        # Of htmx only htmx-2.min.js.
        "htmax-*",
        "htmx-4*",
        "htmx-2.js",
        *(f"{FONT}-{weight}.ttf" for weight in WEIGHTS - USED_WEIGHTS),
        *(f"{FONT}-{weight}Italic.ttf" for weight in WEIGHTS),
    ]
