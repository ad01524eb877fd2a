"""The API: an ASGI application, its errors and its routes."""
