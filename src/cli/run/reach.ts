import http from "node:http";
import https from "node:https";

const limitMs = 3_000;

/** Whether this machine gets any answer from a link: asked once, redirects not followed, the answer not read. */
export async function canReach(link: string, signal: AbortSignal): Promise<boolean> {
  const url = URL.parse(link);
  if (!url || !/^https?:$/.test(url.protocol)) return false;
  return await new Promise<boolean>((resolve) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
    // Whether it answers is asked, not whether its certificate is right: nothing is sent and nothing is read.
    const request = (url.protocol === "https:" ? https : http).get(
      url,
      { signal: limit, rejectUnauthorized: false },
      (response) => {
        response.destroy();
        resolve(true);
      },
    );
    request.on("error", () => {
      resolve(false);
    });
  });
}
