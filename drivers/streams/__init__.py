"""Byte streams: serial, TCP, memory, trace. The only importers of serial and usb."""
