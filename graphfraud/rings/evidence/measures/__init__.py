"""The measures, a file a family: families are independent of each other, measures of one are not."""
