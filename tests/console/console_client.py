"""A browser without a script, and what it reads in a page."""

from html.parser import HTMLParser

from workshop.sandbox.web import create_app

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
BLOCKS = ("td", "th", "caption", "li", "p", "pre", "dt", "dd", "h2", "h3", "summary", "text")
FRAGMENT = {"X-Fragment": "live"}


class Client:
    """A browser without a script: Flask's test client for one store's web app."""

    def __init__(self, store):
        self.store = store
        self._client = create_app(store).test_client()

    def get(self, path, **headers):
        return self._client.get(path, headers={**HTML, **headers})

    def post(self, path, fields, **headers):
        return self._client.post(path, data=fields, headers=headers)

    def text(self, path):
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.text)
        return answer.text


class Elements(HTMLParser):
    """The elements of a page, each a name and its attributes, and its text."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.text = ""
        self.feed(str(page))

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag in BLOCKS:
            self.text += " "

    def handle_data(self, data):
        self.text += data

    def named(self, tag):
        return [attributes for name, attributes in self.found if name == tag]
