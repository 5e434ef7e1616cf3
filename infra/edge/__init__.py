"""The edge: plays CloudFront in front of the local API Gateway, by what template.yaml says of the distribution.

It adds the stage's path, proves with a secret header that a request came through it, says who the viewer is, lets through what
the cache behaviour of a path lets through, keeps what CloudFront would keep and as long, shows the copy of a page where the API
fails, and puts the security headers on answers. Bodies are streamed, Set-Cookie lists stay lists.

`python -m infra.edge CONFIG` runs it. distribution.py reads the rules, cache.py keeps answers, body.py reads requests' bodies,
connection.py serves, server.py listens.
"""
