"""The agent's own API for tills and for its pages: `/v1/...`, described by OpenAPI at `/docs`.

app        puts the routes together
perform    an operation of `api.table`, from a route
answers    errors as HTTP answers
"""
