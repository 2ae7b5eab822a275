"""What is kept between runs: run state in SQLite, typed rows in Parquet, queried with DuckDB."""
