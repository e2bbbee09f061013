"""Two languages for people; dates stored in UTC, shown in Bangkok."""

LANGUAGE_CODE = "th"
LANGUAGES = [("th", "ไทย"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Bangkok"
