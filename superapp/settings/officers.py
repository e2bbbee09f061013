"""How officers sign in: password, second factor, lock-out and idle sessions."""

from datetime import timedelta

from .environment import env

AUTH_USER_MODEL = "services_catalog.Officer"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "services_catalog.authentication.OfficerBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# The sandbox alone goes without.
OFFICER_SECOND_FACTOR_REQUIRED = True
OTP_TOTP_ISSUER = "Super-app"

# Wrong passwords for one name from one address: then nobody signs in with that name from there for a while. An officer
# who sits elsewhere cannot be locked out by a stranger. Counted in the database, by all processes together.
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = timedelta(minutes=env.int("OFFICER_LOCKOUT_MINUTES", 15))
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "citizens.identity.devices.counted_address"
AXES_LOCKOUT_CALLABLE = "superapp.officer_sign_in.lockout.locked_out"
# Its tables keep what was typed, and its log names who: neither is for a page.
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# A session ends when no page was opened for so long (superapp.officer_sign_in.middleware prolongs it).
SESSION_COOKIE_AGE = env.int("OFFICER_IDLE_MINUTES", 30) * 60
