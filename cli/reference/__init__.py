"""docs/reference, written from the code: `make reference`. Each page is a module here; its texts are the code's own.

To change a text, change it where the thing is defined: the docstring of an error, the description of a setting, the
help of a command, the meaning of a metric, the literal below a constant.
"""
