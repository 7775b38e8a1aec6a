"""Flows: points and exits, the modules behind them, their versions, the linter and the interpreter."""
