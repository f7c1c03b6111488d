"""The discount and points engine: parse, price, accrue, returns, explain. Pure: values in, values out."""
