from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="orders_")

    title: str = "Orders by FastAPI"
    currency: str = "EUR"


settings = Settings()
