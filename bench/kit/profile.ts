import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { now } from './clock';
import { table } from './table';

interface Profile {
  /** Microseconds on the clock that `now` reads. */
  readonly startTime: number;
  readonly nodes: readonly {
    readonly id: number;
    readonly children?: readonly number[];
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
      readonly columnNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

type Frame = Profile['nodes'][number]['callFrame'];

const ROOT = join(__dirname, '../../..');
const STARTED = 'started';
const MOST = 40;
const NOT_WORK = new Set(['(idle)', '(root)']);
const maps = new Map<string, SourceMap | undefined>();

/** From here on the processes that leave profiles in `folder` do what is measured: what came before is their start. */
export function markStarted(folder: string): void {
  writeFileSync(join(folder, STARTED), String(now()));
}

/**
 * Where the processes that left CPU profiles in `folder` spent their time since they had started, by whose code it was and by
 * function. What runs inside Node itself counts for the code that called it.
 */
export function hotSpots(folder: string): string {
  const from = Number(readFileSync(join(folder, STARTED), 'utf8'));
  const files = readdirSync(folder).filter((file) => file.endsWith('.cpuprofile'));
  const texts = files.map((file) => hotSpotsOf(join(folder, file), from));
  return [`CPU profiles: ${relative(ROOT, folder)} (open them in Chrome's developer tools)`, ...texts].join(
    '\n\n',
  );
}

function hotSpotsOf(file: string, from: number): string {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  );
  const codeOf = remembering((id: number): string => {
    const frame = nodes.get(id)?.callFrame;
    const code = frame && ownerOf(frame);
    if (code !== undefined) return code;
    const parent = parents.get(id);
    return parent === undefined ? 'Node itself' : codeOf(parent);
  });
  const functionOf = remembering((id: number) => {
    const frame = nodes.get(id)?.callFrame;
    return frame === undefined ? '' : nameOf(frame);
  });
  const [byCode, byFunction] = [new Map<string, number>(), new Map<string, number>()];
  let total = 0;
  let at = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    const took = profile.timeDeltas[index] ?? 0;
    at += took;
    const name = nodes.get(id)?.callFrame.functionName ?? '';
    if (at / 1000 < from || NOT_WORK.has(name)) continue;
    total += took;
    add(
      byCode,
      name.startsWith('(') && name.endsWith(')') && name !== '(anonymous)' ? name : codeOf(id),
      took,
    );
    add(byFunction, functionOf(id), took);
  }
  const top = (of: ReadonlyMap<string, number>) =>
    [...of]
      .sort((a, b) => b[1] - a[1])
      .slice(0, MOST)
      .map(([name, took]) => [name, `${((took / total) * 100).toFixed(1)} %`]);
  return [
    `${relative(ROOT, file)}: ${(total / 1e6).toFixed(1)} s at work`,
    table(['whose code', 'own time'], top(byCode)),
    table(['function', 'own time'], top(byFunction)),
  ].join('\n\n');
}

function add(to: Map<string, number>, key: string, amount: number): void {
  to.set(key, (to.get(key) ?? 0) + amount);
}

function remembering<K, V>(find: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const value = known.has(key) ? (known.get(key) as V) : find(key);
    known.set(key, value);
    return value;
  };
}

/** The package or the library of ours that a function belongs to; undefined for what belongs to Node. */
function ownerOf({ url }: Frame): string | undefined {
  if (!url.startsWith('file:') && !url.startsWith('/')) return undefined;
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  const [, module] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
  if (module !== undefined) return module;
  const [, ours] = /dist\/((?:apps|libs)\/[^/]+\/src\/[^/]+)/.exec(path) ?? [];
  return ours?.replace('/src/', '/') ?? relative(ROOT, path);
}

function nameOf(frame: Frame): string {
  const { functionName, url, lineNumber, columnNumber } = frame;
  const name = functionName || '(anonymous)';
  if (url === '') return name;
  if (!url.startsWith('file:')) return `${name} ${url}`;
  const file = fileURLToPath(url);
  const origin = mapOf(file)?.findEntry(lineNumber, columnNumber);
  if (origin && 'originalSource' in origin) {
    return `${name} ${relative(ROOT, resolve(dirname(file), origin.originalSource))}:${origin.originalLine + 1}`;
  }
  return `${name} ${relative(ROOT, file)}:${lineNumber + 1}`;
}

function mapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) {
    maps.set(
      file,
      existsSync(`${file}.map`)
        ? new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMapPayload)
        : undefined,
    );
  }
  return maps.get(file);
}
