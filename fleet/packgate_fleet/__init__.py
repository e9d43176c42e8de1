"""packgate over a whole registry. The engines' scripts are thin; what they call is here, and imports no engine."""
