"""What a city says of itself and chooses: names, contacts, languages, calendar, curfew, moderation, retention, modules."""
