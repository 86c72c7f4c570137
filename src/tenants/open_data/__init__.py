"""Published data for machines: JSON, GeoJSON, figures."""
