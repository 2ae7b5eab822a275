"""Mail: composing, the outbox, and the way to the server. Made from the last finished run; nothing here reads a station's file."""
