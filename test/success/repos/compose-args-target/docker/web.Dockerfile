FROM python:3.13-slim AS painted
ARG COLOUR=grey
WORKDIR /pages
RUN echo "<h1>The boat is $COLOUR</h1>" > index.html

FROM painted AS served
EXPOSE 8000
CMD ["python", "-m", "http.server", "8000"]

FROM painted AS checked
RUN false
