def brew(name: str) -> str:
    return f"a pot of {name}, three minutes\n"
