"""In-call features: what whoever took a call can have done by a key during the talk."""
