const everywhere = "0.0.0.0";

/** Programs that listen on the loopback unless they are told otherwise, and the option that tells them. */
const options: readonly { readonly called: RegExp; readonly has: RegExp; readonly option: string }[] = [
  {
    called: /(?:^|[\s/])(?:vite|astro|nuxi?|wrangler|sirv|storybook|vitepress|vuepress)(?=\s|$)/,
    has: /--host\b/,
    option: `--host ${everywhere}`,
  },
  { called: /(?:^|[\s/])next (?:start|dev)\b/, has: /(?:-H|--hostname)\b/, option: `-H ${everywhere}` },
  {
    called: /(?:^|[\s/])(?:webpack(?:-dev-server)?|ng) serve\b|webpack-dev-server/,
    has: /--host\b/,
    option: `--host ${everywhere}`,
  },
  {
    called:
      /(?:^|[\s/])(?:uvicorn|hypercorn|fastapi run|fastapi dev|granian|litestar run|quart run|flask(?: [^&|;]*)? run)\b/,
    has: /--(?:host|bind)\b/,
    option: `--host ${everywhere}`,
  },
  { called: /(?:^|[\s/])streamlit run\b/, has: /--server\.address\b/, option: `--server.address ${everywhere}` },
  {
    called: /(?:^|[\s/])(?:jupyter(?:[ -](?:lab|notebook|server))?|voila)\b/,
    has: /--(?:ip|Voila\.ip)\b/,
    option: `--ip=${everywhere}`,
  },
  {
    called: /(?:^|[\s/])(?:rails s(?:erver)?|puma|rackup|thin start|jekyll serve)\b/,
    has: /(?:-b|-o|--binding|--host|tcp:\/\/)/,
    option: `-b ${everywhere}`,
  },
  { called: /\bphp artisan serve\b/, has: /--host\b/, option: `--host=${everywhere}` },
  { called: /(?:^|[\s/])hugo server\b/, has: /--bind\b/, option: `--bind ${everywhere}` },
  { called: /(?:^|[\s/])mkdocs serve\b/, has: /(?:-a|--dev-addr)\b/, option: `-a ${everywhere}:\${PORT:-8000}` },
  { called: /\bmanage\.py runserver\b/, has: /runserver\s+\S*:\d+/, option: `${everywhere}:\${PORT:-8000}` },
];

/** The start line with its program told to listen on every address; undefined where the line has nothing that could say so. */
export function boundEverywhere(start: string): string | undefined {
  const named = start.replaceAll(/(?<=[\s=@"']|^|:\/\/)(?:127\.0\.0\.1|localhost|\[::1\])(?=[:\s"']|$)/g, everywhere);
  if (named !== start) return named;
  if (/[;&|<>()`\n]/.test(start)) return undefined;
  const found = options.find(({ called, has }) => called.test(start) && !has.test(start));
  return found === undefined ? undefined : `${start} ${found.option}`;
}
