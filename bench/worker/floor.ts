/** The least a Worker can do: parse the request's JSON and answer constant bytes with the headers ours answers with. */

interface Constant {
  readonly body: ArrayBuffer;
  readonly headers: Readonly<Record<string, string>>;
}

const constants = new Map<string, Constant>();

/** `PUT /constant?path=…`: the bytes for asks of that path; `x-bench-headers` is JSON. */
async function keep(request: Request, path: string): Promise<Response> {
  const headers = JSON.parse(request.headers.get("x-bench-headers") ?? "{}") as Record<string, string>;
  constants.set(path, { body: await request.arrayBuffer(), headers });
  return new Response(null, { status: 204 });
}

export default {
  async fetch(request) {
    if (request.method === "PUT") return keep(request, new URL(request.url).searchParams.get("path") ?? "");
    const { path } = await request.json<{ readonly path: string }>();
    const constant = constants.get(path);
    if (constant === undefined) return new Response(`no constant for ${path}`, { status: 404 });
    return new Response(constant.body, { headers: constant.headers });
  },
} satisfies ExportedHandler;
