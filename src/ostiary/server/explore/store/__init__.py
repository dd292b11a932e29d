"""All SQL of the questions and the map. What may be many is bounded, and says so."""
