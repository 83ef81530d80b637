import { paintings } from "@museum/paintings";
import fastify from "fastify";

const server = fastify();
server.get("/api/paintings", () => paintings);
server.listen({ host: "0.0.0.0", port: Number(process.env["PORT"] ?? 3333) });
