"""`manage.py doctor`: is this system well, and if not, what is to be done. Works when everything else is down."""
