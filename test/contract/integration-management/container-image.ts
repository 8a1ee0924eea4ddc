import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const BLOCK = 512;

export interface PushedImage {
  /** Of the manifest, which is what the image is known by. */
  readonly digest: string;
  readonly layer: string;
  readonly config: string;
}

/** Pushes an image of one file, as `docker push` does. */
export async function pushImage(registry: string, repository: string, tag: string): Promise<PushedImage> {
  const files = tar('etc/greeting', `Hello from ${repository}:${tag}\n`);
  const layer = gzipSync(files);
  const config = Buffer.from(
    JSON.stringify({
      ...{ architecture: 'amd64', os: 'linux', created: new Date().toISOString() },
      config: { Cmd: ['/bin/cat', '/etc/greeting'] },
      rootfs: { type: 'layers', diff_ids: [sha256(files)] },
    }),
  );
  for (const blob of [layer, config]) await pushBlob(registry, repository, blob);
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: described('application/vnd.oci.image.config.v1+json', config),
    layers: [described('application/vnd.oci.image.layer.v1.tar+gzip', layer)],
  });
  const { headers } = await ask(201, `${registry}/v2/${repository}/manifests/${tag}`, {
    method: 'PUT',
    headers: { 'content-type': MANIFEST },
    body: manifest,
  });
  const digest = sha256(Buffer.from(manifest));
  if (headers.get('docker-content-digest') !== digest) throw new Error('The registry took another image');
  return { digest, layer: sha256(layer), config: sha256(config) };
}

/** Fetches the manifest that a tag or a digest names, and the layers it names, as `docker pull` does. */
export async function pullImage(registry: string, repository: string, reference: string): Promise<void> {
  const answer = await ask(200, `${registry}/v2/${repository}/manifests/${reference}`, {
    headers: { accept: MANIFEST },
  });
  const { layers } = (await answer.json()) as { layers: readonly { digest: string }[] };
  for (const { digest } of layers) {
    const layer = await ask(200, `${registry}/v2/${repository}/blobs/${digest}`);
    const bytes = Buffer.from(await layer.arrayBuffer());
    if (sha256(bytes) !== digest) throw new Error('The registry gave another layer');
  }
}

/** @param what `manifests/<digest>` or `blobs/<digest>` */
export async function deleteFrom(registry: string, repository: string, what: string): Promise<void> {
  await ask(202, `${registry}/v2/${repository}/${what}`, { method: 'DELETE' });
}

async function pushBlob(registry: string, repository: string, blob: Buffer<ArrayBuffer>): Promise<void> {
  const upload = await ask(202, `${registry}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
  const place = new URL(upload.headers.get('location') ?? '', registry);
  place.searchParams.set('digest', sha256(blob));
  const headers = { 'content-type': 'application/octet-stream' };
  await ask(201, place.href, { method: 'PUT', headers, body: blob });
}

async function ask(status: number, url: string, request: RequestInit = {}): Promise<Response> {
  const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(10_000) });
  if (answer.status !== status)
    throw new Error(`${request.method ?? 'GET'} ${url}: ${answer.status} ${await answer.text()}`);
  return answer;
}

function described(mediaType: string, blob: Buffer): object {
  return { mediaType, size: blob.length, digest: sha256(blob) };
}

function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** An archive of one file (ustar): its header, its content, two empty blocks. */
function tar(name: string, content: string): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write(name, 0);
  header.write(octal(0o644, 8) + octal(0, 8) + octal(0, 8), 100);
  header.write(octal(bytes.length, 12) + octal(0, 12), 124);
  // The sum is taken with spaces in its own place.
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK);
  return Buffer.concat([header, bytes, padding, Buffer.alloc(2 * BLOCK)]);
}
