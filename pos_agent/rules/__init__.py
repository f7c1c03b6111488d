"""The points engine: parse, accrue, explain. Pure: values in, values out."""
