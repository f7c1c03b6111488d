"""What every HTTP request passes before routing: who may ask, from where, how much and how slowly.

listener   one address with its hosts, origins and kind of access
protocol   the connection: headers in time and in measure
gate       host, origin, content type, client, body; then the application
access     tokens and accounts; wrong ones are slowed down, right ones never
body       a JSON body within its limits
refusal    how a refusal looks
"""
