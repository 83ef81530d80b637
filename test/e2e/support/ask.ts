import { get } from "node:http";

/** On a connection of its own each time: one that is kept alive stays with the pod that it began with. */
export async function ask(address: string): Promise<{ status: number; text: string }> {
  return await new Promise((resolve, reject) => {
    const sent = get(address, { agent: false, timeout: 5000 }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
      response.on("error", reject);
    });
    sent.on("timeout", () => sent.destroy(new Error("timeout")));
    sent.on("error", reject);
  });
}
