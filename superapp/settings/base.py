"""Everything that is the same everywhere; each topic is a file of its own."""

from .admin import *
from .api import *
from .apps import *
from .data import *
from .delivery import *
from .identity import *
from .keys import *
from .languages import *
from .logs import *
from .metrics import *
from .officers import *
from .tasks import *
