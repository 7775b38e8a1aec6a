"""No timing decides a test: examples of Hypothesis may be slow on a busy machine."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("calm", deadline=None, suppress_health_check=(HealthCheck.too_slow,))
settings.load_profile("calm")
