"""The reference chat: a server and a client small enough to be read in one sitting.

It knows nothing of the harness that tests it, and it needs the standard library only.
"""
