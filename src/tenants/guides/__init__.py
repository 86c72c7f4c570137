"""«Хто за що відповідає»: guidance by category with its best answers, and the plain pages of a city."""
