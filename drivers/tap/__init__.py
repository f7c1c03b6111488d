"""Tap mode: the agent holds the printer, the till software speaks to it through a virtual port.

    till software <-> till_port (pty, TCP) <-> Router <-> the printer's byte stream
                                                 |
                                              TapStream (the agent's own driver)

Every byte of the till passes unchanged and in order. Vendor knowledge is behind `Ear` and `StandIn`.
"""
