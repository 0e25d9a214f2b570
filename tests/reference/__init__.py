"""A report whose figures are known: the data that leads to them is made up by the tests."""
