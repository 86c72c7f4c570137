"""«Мій кабінет»: my questions, what I follow, my data; and the jobs that forget people in time."""
