import { describe, expect, it } from "vitest";
import { newDatabase } from "./sample-database.ts";
import { mountsOf, tlsFolder } from "./engine.ts";
import { engines } from "./engines.ts";
import { engineOfAddress } from "./planning/connection-names.ts";

describe.each(Object.entries(engines))("%s", (name, engine) => {
  const asked = (open = false) => {
    const keys: string[] = [];
    const container = engine.container({
      database: newDatabase({ engine: engine.name, args: ["--own-flag=1"] }),
      username: engine.username,
      databaseName: engine.database,
      open,
      from: (variable, key) => {
        keys.push(key);
        return { name: variable, valueFrom: { secretKeyRef: { name: "the-secret", key } } };
      },
    });
    return { keys, container };
  };

  it("is listed under its own name", () => {
    expect(engine.name).toBe(name);
  });

  it("takes its password from its Secret, and says it nowhere else", () => {
    const { keys, container } = asked();
    expect(keys).toContain("password");
    const names = container.env.filter(({ valueFrom }) => valueFrom).map((each) => each.name);
    const words = [...(container.command ?? []), ...(container.args ?? [])].join(" ");
    // Only a shell's own expansion of the variable, never the kubelet's: that would be on the command line.
    for (const each of names) expect(words).not.toContain(`$(${each})`);
  });

  it("runs as somebody, and writes only where a volume is", () => {
    expect(engine.uid).toBeGreaterThan(0);
    const places = mountsOf(engine).map(({ mountPath }) => mountPath);
    expect(places).toContain(engine.data);
    expect(places).toContain("/tmp");
    expect(new Set(places).size).toBe(places.length);
    expect(places.includes(tlsFolder)).toBe(engine.tls);
  });

  it("hands on what a repository asks for", () => {
    expect(asked().container.args).toContain("--own-flag=1");
  });

  it("tells an address that says whose it is", () => {
    const parts = { host: "db.shop.svc", port: engine.port, username: "app", password: "p@ss/word", database: "shop" };
    const uri = engine.uri(parts);
    expect(uri).toContain(`db.shop.svc:${engine.port}`);
    expect(uri).not.toContain("p@ss/word");
    if (engine.name === "ObjectStorage") return;
    expect([
      engine.name,
      ...(engine.name === "MariaDB" ? ["MySQL"] : []),
      ...(engine.name === "Valkey" ? ["Redis"] : []),
    ]).toContain(engineOfAddress(uri));
    expect(engine.uri({ ...parts, password: "" })).not.toContain(":@");
  });

  it("asks for memory and bounds it", () => {
    expect(engine.resources.requests.memory).toMatch(/^\d+Mi$/);
    expect(engine.resources.limits.memory).toMatch(/^\d+(?:Mi|Gi)$/);
  });
});
