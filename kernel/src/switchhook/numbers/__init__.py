"""Numbers: what each leads to, who may change that, and the operator's pool."""
