"""Speed against native Asterisk: one call, taken three ways on the same Asterisk, in interleaved rounds."""
