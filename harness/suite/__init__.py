"""The conformance suite for pytest: `pytest --pyargs harness.suite --chat-server 'CMD {port}'`.

There is no code here: `harness.pytest_plugin` makes a test of each case.
"""
