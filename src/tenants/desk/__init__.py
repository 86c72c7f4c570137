"""The staff area: queue, review, routing, answers."""
