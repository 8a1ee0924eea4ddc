import { DECLARATION } from './declaration';
import type { Variable } from './variable';

const GENERATED = 'Generated from libs/config/src/declaration.ts by `npm run docs:config`';
const START = '<!-- settings:start -->';
const END = '<!-- settings:end -->';
const GROUPS = [
  'Server',
  'Parts',
  'Secrets',
  'Limits',
  'Delivery',
  'Metrics',
  'Usage',
] as const satisfies readonly Variable['group'][];

/** The variables in the order and under the headings in which they are documented. */
function grouped(): [group: Variable['group'], variables: [name: string, variable: Variable][]][] {
  const all = Object.entries(DECLARATION as Record<string, Variable>);
  return GROUPS.map((group) => [group, all.filter(([, variable]) => variable.group === group)]);
}

/** The default as one would write it in the environment; nothing for optional variables and secrets. */
function defaultOf(variable: Variable): string {
  if (variable.secret) return '';
  const value = variable.schema.safeParse(undefined).data as string | number | readonly string[] | undefined;
  return value === undefined ? '' : [value].flat().join(',');
}

/** The text of `.env.example`: every variable with its default, commented out. */
export function renderEnvExample(): string {
  const sections = grouped().map(([group, variables]) =>
    [
      `# --- ${group} ---`,
      ...variables.flatMap(([name, variable]) => [
        '',
        `# ${variable.about}`,
        ...(variable.requiredBy ? [`# Required by ${variable.requiredBy.join(', ')}.`] : []),
        `#${name}=${defaultOf(variable)}`,
      ]),
    ].join('\n'),
  );
  return [`# ${GENERATED}. Copy to .env and change what differs.`, ...sections].join('\n\n') + '\n';
}

/** The settings as Markdown tables, one a group. */
export function renderSettings(): string {
  return grouped()
    .map(([group, variables]) =>
      [
        `**${group}**`,
        '',
        '| Variable | Default | |',
        '| --- | --- | --- |',
        ...variables.map(([name, variable]) => {
          const value = defaultOf(variable);
          return `| \`${name}\` | ${value === '' ? '' : `\`${value}\``} | ${cell(about(variable))} |`;
        }),
      ].join('\n'),
    )
    .join('\n\n');
}

function about(variable: Variable): string {
  return variable.requiredBy
    ? `${variable.about} Required by ${variable.requiredBy.map((app) => `\`${app}\``).join(', ')}; made by the embedded start.`
    : variable.about;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/**
 * `readme` with the settings between its two markers replaced.
 * @throws where a marker is missing
 */
export function withSettings(readme: string): string {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END);
  if (start < 0 || end < start) throw new Error(`The README lacks ${START} … ${END}`);
  return `${readme.slice(0, start)}${START}\n<!-- ${GENERATED}. -->\n\n${renderSettings()}\n\n${readme.slice(end)}`;
}
