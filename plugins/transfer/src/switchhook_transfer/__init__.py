"""Transfer of a caller by speed dial, during the talk."""
