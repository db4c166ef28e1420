"""One small API in four libraries, each run as a program in an environment of its own. See benchmarks/graphql.py."""
