"""A form as a page shows it, for sending back what a browser would."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    """Collects what a browser sends of one form."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self._form_id = form_id
        self._is_inside = False
        self._name = ""
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = given.get("id") == self._form_id
        elif not self._is_inside:
            return
        elif tag == "input":
            self._input(given)
        elif tag in ("select", "textarea"):
            self._name, self._text = given["name"], []
        elif tag == "option" and (self._name not in self.sent or "selected" in given):
            self.sent[self._name] = given["value"]

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None:
            self.sent[self._name] = "".join(self._text).removeprefix("\n")
        if tag in ("select", "textarea"):
            self._text = None
        if tag == "form":
            self._is_inside = False

    def _input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in ("submit", "button") or (kind == "checkbox" and "checked" not in given):
            return
        self.sent[given["name"]] = given.get("value", "on" if kind == "checkbox" else "")


def shown_form(html: str, form_id: str) -> dict[str, str]:
    reader = _Reader(form_id)
    reader.feed(html)
    return reader.sent
