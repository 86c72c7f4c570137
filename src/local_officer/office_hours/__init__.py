"""When and where an officer receives visitors: rules, exceptions, and what they make of a week."""
