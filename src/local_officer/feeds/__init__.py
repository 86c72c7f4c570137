"""What can be taken away: vCard, calendar, linked data, opening hours of OpenStreetMap, poster."""
