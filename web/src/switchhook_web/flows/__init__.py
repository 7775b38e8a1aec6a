"""The pages of call flows: the picture, the list, trying, publishing, history."""
