"""The proxy: callers change the base address of their client, and every answer of the model behind it is checked on its way.

``app.proxy_app`` makes the ASGI application, ``serving.Serving`` runs it. A request comes through ``gate``, ``exchange``
passes it to ``upstream``, and ``answers`` or ``held`` brings the answer back under the policy.
"""
