import { type Way, linkTo } from "./way.ts";

/** A port on every node, chosen by the API server: works everywhere, needs nothing. */
export const nodePort: Way = {
  kind: "NodePort",
  serviceType: "NodePort",
  objects: () => [],
  read(request, { service, nodeAddress }) {
    const port = service.spec?.ports?.find((each) => each.port === 80)?.nodePort;
    const host = request.settings.links.nodeAddress ?? nodeAddress;
    return port === undefined || host === undefined ? undefined : [linkTo(host, port)];
  },
};
