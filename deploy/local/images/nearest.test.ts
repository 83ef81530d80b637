import { expect, it } from "vitest";
import { nameOf } from "./base-image.ts";
import { nearestImage } from "./nearest.ts";

it.each([
  ["node:24-slim", "library/node:24-slim"],
  ["node:21-slim", "library/node:22-slim"],
  ["docker.io/library/node:19", "library/node:20"],
  ["node:99", "library/node:26"],
  ["node:lts-alpine", "library/node:24-alpine"],
  ["node:16-alpine3.18", "library/node:16-alpine"],
  ["python:3.8-slim-buster", "library/python:3.9-slim"],
  ["python:3.12-alpine", "library/python:3.13-alpine"],
  ["golang:1.21-alpine", "library/golang:1.26-alpine"],
  ["alpine:3.19", "library/alpine:3"],
  ["ubuntu:22.04", "library/ubuntu:latest"],
  ["postgres:13-alpine", "library/postgres:15"],
  ["openjdk:11-jre-slim", "library/eclipse-temurin:17-jre"],
  ["distroless/static-debian12:nonroot", "distroless/static-debian12:latest"],
])("%s is answered by %s", (asked, given) => {
  expect(nameOf(nearestImage(asked) ?? { repository: "nothing", tags: [], from: [], dockerfile: "" })).toBe(given);
});

it("nothing stands in for another language's major version, or for an image that nobody made", () => {
  expect(nearestImage("python:2.7")).toBeUndefined();
  expect(nearestImage("mongo:7")).toBeUndefined();
});
