"""Conform: one implementation judged against every requirement, case by case."""
