from services_catalog.languages import Text


class Refusal(Exception):
    """Something that an officer asked for and that cannot be done now; `text` says why, to people."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text
