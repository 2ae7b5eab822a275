"""What each kind of mail tells, as plain values for its template. One module a reader."""
