"""The formats of login details: one module for each, loaded when an export asks for it.

A writer is given students in list order, some at a time, and hands bytes on as soon as it has them, so that memory stays flat.
"""
