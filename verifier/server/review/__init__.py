"""The review page: the queue of flags in a browser, for one person on this machine or for a team behind tokens.

``app.review_app`` makes the ASGI application of a ``desk.Desk``; ``serving.serve`` runs it. Every view is made of the
functions of ``verifier.store`` that the terminal review uses too.
"""
