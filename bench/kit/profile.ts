import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { table } from './table';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
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
const MOST = 40;
const NOT_WORK = new Set(['(idle)', '(program)', '(root)']);
const maps = new Map<string, SourceMap | undefined>();

/** Where the processes that left CPU profiles in `folder` spent their time, by the function's own line. */
export function hotSpots(folder: string): string {
  const files = readdirSync(folder).filter((file) => file.endsWith('.cpuprofile'));
  const texts = files.map((file) => hotSpotsOf(join(folder, file)));
  return [`CPU profiles: ${relative(ROOT, folder)} (open them in Chrome's developer tools)`, ...texts].join(
    '\n\n',
  );
}

function hotSpotsOf(file: string): string {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const own = new Map<string, number>();
  let total = 0;
  for (const [index, id] of profile.samples.entries()) {
    const frame = frames.get(id);
    if (!frame || NOT_WORK.has(frame.functionName)) continue;
    const took = profile.timeDeltas[index] ?? 0;
    total += took;
    const name = nameOf(frame);
    own.set(name, (own.get(name) ?? 0) + took);
  }
  const rows = [...own].sort((a, b) => b[1] - a[1]).slice(0, MOST);
  return `${relative(ROOT, file)}: ${(total / 1e6).toFixed(1)} s at work\n${table(
    ['function', 'own time'],
    rows.map(([name, took]) => [name, `${((took / total) * 100).toFixed(1)} %`]),
  )}`;
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
