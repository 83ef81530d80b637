import { describe, expect, it } from "vitest";
import { Settings } from "../../settings.ts";
import type { KubeObject } from "../cluster.ts";
import { wayFor, ways } from "./links.ts";
import type { LinkObserved, LinkRequest } from "./way.ts";

const run = { namespace: "team-a", name: "shop", uid: "u1" };
const spec: LinkRequest["spec"] = { source: { git: { url: "https://git.example.org/x.git" } } };
const plain = Settings.parse({});
const ingressed = Settings.parse({ links: { ingressClassName: "nginx", domain: "apps.example.org" } });
const gatewayed = Settings.parse({
  links: { ingressClassName: "nginx", gateway: { name: "public", namespace: "gateways" }, domain: "apps.example.org" },
});

const request = (settings: Settings, over: Partial<LinkRequest["spec"]> = {}): LinkRequest => ({
  run,
  service: "web",
  kubeService: "shop-web",
  spec: { ...spec, ...over },
  settings,
});
const service = (parts: object): LinkObserved["service"] => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "shop-web", namespace: "team-a" },
  ...parts,
});

describe("wayFor", () => {
  it("chooses Gateway, else Ingress, else NodePort, and never a load balancer unasked", () => {
    expect(wayFor({ name: "web" }, spec, gatewayed).kind).toBe("Gateway");
    expect(wayFor({ name: "web" }, spec, ingressed).kind).toBe("Ingress");
    expect(wayFor({ name: "web" }, spec, plain).kind).toBe("NodePort");
  });

  it("does as it is told", () => {
    expect(wayFor({ name: "web" }, { ...spec, links: { via: "LoadBalancer" } }, gatewayed).kind).toBe("LoadBalancer");
    expect(wayFor({ name: "web" }, spec, Settings.parse({ links: { via: "None" } })).kind).toBe("None");
    const off = { ...spec, services: [{ name: "web", link: { enabled: false } }] };
    expect(wayFor({ name: "web" }, off, plain).kind).toBe("None");
    expect(wayFor({ name: "api" }, off, plain).kind).toBe("NodePort");
  });

  it("makes none for what another service stands in front of, unless it is told to", () => {
    expect(wayFor({ name: "api", inner: true }, spec, plain).kind).toBe("None");
    const on = { ...spec, services: [{ name: "api", link: { enabled: true } }] };
    expect(wayFor({ name: "api", inner: true }, on, plain).kind).toBe("NodePort");
  });
});

describe("ways", () => {
  const nothing = { object: undefined, nodeAddress: undefined };

  it("NodePort waits for its port and takes the address that an administrator named", () => {
    const open = service({
      spec: {
        ports: [
          { port: 9000, nodePort: 30_001 },
          { port: 80, nodePort: 30_412 },
        ],
      },
    });
    const way = ways.NodePort;
    expect(way.read(request(plain), { ...nothing, service: service({}), nodeAddress: "192.0.2.1" })).toBeUndefined();
    expect(way.read(request(plain), { ...nothing, service: open, nodeAddress: "192.0.2.1" })?.[0]).toMatchObject({
      url: "http://192.0.2.1:30412/",
      port: 30_412,
    });
    const named = Settings.parse({ links: { nodeAddress: "apps.example.org" } });
    expect(way.read(request(named), { ...nothing, service: open, nodeAddress: "192.0.2.1" })?.[0]?.url).toBe(
      "http://apps.example.org:30412/",
    );
    expect(way.read(request(plain), { ...nothing, service: open, nodeAddress: "fd00::1" })?.[0]?.url).toBe(
      "http://[fd00::1]:30412/",
    );
  });

  it("LoadBalancer waits for its address", () => {
    const way = ways.LoadBalancer;
    expect(way.read(request(plain), { ...nothing, service: service({}) })).toBeUndefined();
    const given = service({ status: { loadBalancer: { ingress: [{ ip: "203.0.113.7" }] } } });
    expect(way.read(request(plain), { ...nothing, service: given })?.[0]?.url).toBe("http://203.0.113.7/");
  });

  it("Ingress is asked by its address and the name that people use", () => {
    const [object] = ways.Ingress.objects(request(ingressed));
    expect(object).toMatchObject({
      kind: "Ingress",
      spec: { ingressClassName: "nginx", rules: [{ host: "web.shop.team-a.apps.example.org" }] },
    });
    const status = { loadBalancer: { ingress: [{ ip: "203.0.113.7" }] } };
    const standing = { ...object, status } as unknown as KubeObject;
    expect(ways.Ingress.read(request(ingressed), { ...nothing, service: service({}), object: standing })).toEqual([
      {
        url: "http://web.shop.team-a.apps.example.org/",
        host: "203.0.113.7",
        port: 80,
        hostHeader: "web.shop.team-a.apps.example.org",
        path: "/",
      },
    ]);
    expect(ways.Ingress.read(request(ingressed), { ...nothing, service: service({}) })).toBeUndefined();
  });

  it("Gateway takes the host that a person asked for", () => {
    const wished = request(gatewayed, {
      services: [{ name: "web", link: { host: "shop.example.org", path: "/shop" } }],
    });
    expect(ways.Gateway.objects(wished)[0]).toMatchObject({
      kind: "HTTPRoute",
      spec: { parentRefs: [{ name: "public", namespace: "gateways" }], hostnames: ["shop.example.org"] },
    });
    expect(ways.Gateway.read(wished, { ...nothing, service: service({}) })?.[0]?.url).toBe(
      "http://shop.example.org/shop",
    );
  });

  it("None makes nothing and waits for nothing", () => {
    expect(ways.None.objects(request(plain))).toEqual([]);
    expect(ways.None.read(request(plain), { ...nothing, service: service({}) })).toEqual([]);
  });
});
