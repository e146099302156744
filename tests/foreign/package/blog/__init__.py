"""A blog's back end: the package itself makes the app."""

from flask import Flask

from blog import pages, tracing

app = Flask(__name__)
tracing.trace(app)
app.register_blueprint(pages.blueprint, url_prefix="/api")
