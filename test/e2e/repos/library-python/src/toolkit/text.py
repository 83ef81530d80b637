def shorten(text: str, width: int) -> str:
    """Cuts a text, with three dots where something is missing."""
    return text if len(text) <= width else f"{text[: width - 3]}..."
