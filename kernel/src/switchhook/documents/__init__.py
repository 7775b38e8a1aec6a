"""Files that people write: YAML as plain values that know where they stand."""
