import fc from "fast-check";
import { expect, it } from "vitest";
import { redact, redactLines } from "./redact.ts";

it.each([
  ["postgres://app:s3cr3t@db:5432/app", "s3cr3t"],
  ["redis://:hunter2@cache:6379/0", "hunter2"],
  ["STRIPE_KEY=rk_plain_0123456789", "rk_plain_0123456789"],
  ["export SECRET_KEY_BASE='abcdefgh12345678'", "abcdefgh12345678"],
  ['{"api_key": "abcd-efgh-ijkl"}', "abcd-efgh-ijkl"],
  ["DB_PASSWORD: correct-horse", "correct-horse"],
  ["Authorization: Bearer abcdefghijklmnop", "abcdefghijklmnop"],
  ["MAILER_DSN=smtp-value-123456", "smtp-value-123456"],
  ["token ghp_abcdefghijklmnopqrstuvwxyz0123456789", "abcdefghijklmnopqrstuvwxyz0123456789"],
  ["--password hunter2hunter2", "hunter2hunter2"],
])("takes the secret out of %s", (line, secret) => {
  expect(redact(line)).not.toContain(secret);
  expect(redact(line)).toContain("[redacted]");
});

it.each([
  "listening on http://0.0.0.0:3000",
  "Error: Cannot find module 'express'",
  "KeyError: 'STRIPE_KEY'",
  "web needs STRIPE_KEY: process.env.STRIPE_KEY in src/pay.ts:12",
  "password = os.environ['PASSWORD']",
  "GET /token 200 in 3 ms",
  "primary key: id",
])("leaves %s as it is", (line) => {
  expect(redact(line)).toBe(line);
});

it("leaves no control character, and no line above 400 characters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 1000 }), (text) => {
      const said = redact(text);
      expect(said.length).toBeLessThanOrEqual(400);
      expect(said).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }),
  );
});

it("takes colours out whole and a private key with all its lines", () => {
  expect(redact("\u001b[31mred\u001b[0m \u001b]0;title\u0007x")).toBe("red x");
  const key = ["before", "-----BEGIN RSA PRIVATE KEY-----", "MIIE", "-----END RSA PRIVATE KEY-----", "after"];
  expect(redactLines(key)).toEqual(["before", "[redacted]", "after"]);
});
