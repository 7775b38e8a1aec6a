"""Work that is ordered with its cause and done once its moment has come, whatever ends in between."""
