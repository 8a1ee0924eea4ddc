import { readdirSync, readFileSync } from 'node:fs';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly label: string;
  readonly cpuSeconds: number;
}

/** Linux counts CPU time in these for every architecture. */
const TICKS_A_SECOND = 100;
const UNIT = 1024;

/** What ran, by a part of its command line or the name of its program. */
const LABELS: readonly (readonly [RegExp, string])[] = [
  [/dist\/bench\/workers\/([a-z-]+)/, '$1'],
  [/dist\/apps\/([a-z-]+)\/src\/main/, '$1'],
  [/scripts\/start\.mjs/, 'hub'],
  [/scripts\/start-distributed\.mjs/, 'start:distributed (its log)'],
  [/^postgres/, 'PostgreSQL'],
  [/beam|erl_|rabbit|inet_gethost|epmd/, 'RabbitMQ'],
  [/redis-server/, 'Redis'],
];

/** CPU seconds so far of everything this process has started, by what it is; undefined where the system does not tell (not Linux). */
export function cpuByPart(): Map<string, number> | undefined {
  const all = processes();
  if (all === undefined) return undefined;
  const sums = new Map<string, number>();
  for (const { label, cpuSeconds } of descendants(all, process.pid)) {
    sums.set(label, (sums.get(label) ?? 0) + cpuSeconds);
  }
  return sums;
}

/** Microseconds of CPU for each of `count`, by part, largest first. */
export function cpuEach(
  before: Map<string, number> | undefined,
  after: Map<string, number> | undefined,
  count: number,
): [string, number][] {
  return [...(after ?? [])]
    .map(([label, cpu]): [string, number] => [label, ((cpu - (before?.get(label) ?? 0)) / count) * 1e6])
    .filter(([, each]) => each >= 1)
    .sort((a, b) => b[1] - a[1]);
}

/**
 * Bytes of memory that belong to a part, shared pages counted once over all (PSS where the system tells, else RSS);
 * undefined where it does not.
 */
export function memoryOf(part: string): number | undefined {
  const all = processes();
  if (all === undefined) return undefined;
  return descendants(all, process.pid)
    .filter(({ label }) => label === part)
    .reduce(
      (sum, { pid }) => sum + (field(pid, 'smaps_rollup', 'Pss') ?? field(pid, 'status', 'VmRSS') ?? 0),
      0,
    );
}

function descendants(all: readonly Process[], root: number): Process[] {
  const children = all.filter(({ parent }) => parent === root);
  return children.flatMap((child) => [child, ...descendants(all, child.pid)]);
}

function processes(): Process[] | undefined {
  if (process.platform !== 'linux') return undefined;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => read(Number(name)) ?? []);
}

function read(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    const program = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    // After the name: state, parent, … (proc(5) counts from 1, the state being the third).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      pid,
      parent: Number(fields[1]),
      label: labelOf(command, program),
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND,
    };
  } catch {
    // It has just ended.
    return undefined;
  }
}

function labelOf(command: string, program: string): string {
  // A shell that waits for another program bears its command line.
  if (program === 'sh') return 'other';
  for (const [pattern, label] of LABELS) {
    const found = pattern.exec(command) ?? pattern.exec(program);
    if (found) return label.replace('$1', found[1] ?? '');
  }
  return 'other';
}

/** A field of `/proc/<pid>/<file>` given in kB, in bytes. */
function field(pid: number, file: string, name: string): number | undefined {
  try {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(
      readFileSync(`/proc/${pid}/${file}`, 'utf8'),
    );
    return found ? Number(found[1]) * UNIT : undefined;
  } catch {
    return undefined;
  }
}
