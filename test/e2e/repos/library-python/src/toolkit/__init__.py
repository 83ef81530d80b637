from toolkit.text import shorten

__all__ = ["shorten"]
