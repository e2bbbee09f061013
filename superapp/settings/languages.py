"""Two languages for people; dates stored in UTC, shown in Bangkok."""

import os

from .apps import BASE_DIR

# PyThaiNLP works from its package; without this it makes a folder in the home of whoever imports it.
os.environ.setdefault("PYTHAINLP_READ_ONLY", "1")

LANGUAGE_CODE = "th"
LANGUAGES = [("th", "ไทย"), ("en", "English")]
USE_I18N = True
# Our own words, and those of the theme that nobody has translated: `manage.py messages_compile` makes the .mo files.
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["superapp.formats"]
USE_TZ = True
TIME_ZONE = "Asia/Bangkok"
