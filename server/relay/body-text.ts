/** Bodies as D1 carries them: gzip as base64 text, since D1 moves BLOBs as arrays of numbers (4-cache). */

export async function packBody(body: Uint8Array): Promise<{ readonly text: string; readonly bytes: number }> {
  const stream = new Blob([body as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream("gzip"));
  const packed = Buffer.from(await new Response(stream).arrayBuffer());
  return { text: packed.toString("base64"), bytes: packed.byteLength };
}

export async function unpackBody(text: string): Promise<Uint8Array> {
  const packed = Buffer.from(text, "base64");
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
