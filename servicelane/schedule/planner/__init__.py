"""Planning a workshop's day, and job shops as the field publishes them: pure Python, without Django (WSH-3).

Times are whole minutes from one moment, such as the opening of the first day. `days` holds what is planned,
`files` reads it, `placing` and `improving` plan it; `jobshops` does the same for flexible job shops.
"""
