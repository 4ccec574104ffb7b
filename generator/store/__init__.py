"""The archive in one SQLite file: schema, import, and the questions that plans and pages ask."""
