"""The kinds of rules: one file each, named by the word an operator writes as `kind`."""
