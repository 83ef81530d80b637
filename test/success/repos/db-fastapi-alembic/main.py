import os

from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

engine = create_async_engine(os.environ["DATABASE_URL"])
app = FastAPI()


@app.get("/")
async def read():
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE counters SET value = value + 1 WHERE name = 'reads'"))
        value = (await connection.execute(text("SELECT value FROM counters WHERE name = 'reads'"))).scalar_one()
    return {"reads": value, "migrated": True}
