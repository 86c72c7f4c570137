"""Jobs, mail, the schedule. A job is enqueued by the transaction that needs it, or not at all."""
