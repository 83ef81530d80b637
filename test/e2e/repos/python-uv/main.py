from fastapi import FastAPI

from settings import settings

api = FastAPI(title=settings.title)


@api.get("/")
def home() -> dict[str, str]:
    return {"title": settings.title, "currency": settings.currency}


@api.get("/healthz")
def healthz() -> dict[str, bool]:
    return {"ok": True}
