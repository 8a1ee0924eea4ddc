import { STATUS_CODES } from 'node:http';
import { ERROR_CODES, type DomainErrorData, type ErrorCode, type ResourceKind } from '@signalbox/contracts';
import { published } from '../http/failures';
import { publishedCode, type PublishedCode } from '../surfaces/codes';
import { SURFACES, type Surface } from '../surfaces/surface';
import { errorExample, EXAMPLE_PATH, EXAMPLE_TIME } from './error-examples';
import { ERROR_PROSE } from './error-prose';

/** One way in which a surface publishes an error. */
interface Publication {
  readonly error: ErrorCode;
  readonly surface: Surface;
  readonly status: number;
  readonly code: string;
  /** What the error is about, where that makes a difference. */
  readonly resources: readonly ResourceKind[];
}

const ERRORS = Object.keys(ERROR_CODES) as ErrorCode[];
const ALL_SURFACES = Object.values(SURFACES);
const PUBLICATIONS = ERRORS.flatMap((error) => ALL_SURFACES.flatMap((surface) => of(error, surface)));

/** Its answers have a status and a sentence, and no code. */
const hasCodes = ({ name }: Surface): boolean => name !== 'integration-management';

/** Every code that an answer or a record of usage may show. */
export const DOCUMENTED_CODES: readonly string[] = [
  ...new Set([...ERRORS, ...PUBLICATIONS.filter(({ surface }) => hasCodes(surface)).map(({ code }) => code)]),
].sort();

/** The page of a code in Markdown, as in `docs/errors/<code>.md`; undefined where there is no such code. */
export function errorPage(code: string): string | undefined {
  if (!DOCUMENTED_CODES.includes(code)) return undefined;
  const error = ERRORS.find((one) => one === code);
  return (
    [`# \`${code}\``, ...(error ? catalogued(error) : []), ...standsFor(code, error)].join('\n\n') + '\n'
  );
}

/** The tables of `docs/errors.md`. */
export function errorIndex(): string {
  return [
    table(
      ['Code of the catalogue', 'Means', ...ALL_SURFACES.map(({ title }) => title)],
      ERRORS.map((error) => [
        link(error, 'errors/'),
        ERROR_PROSE[error].means,
        ...ALL_SURFACES.map((surface) => of(error, surface).map(inShort).join('; ')),
      ]),
    ),
    table(
      ['Code in an answer', 'Surfaces', 'Of the catalogue'],
      DOCUMENTED_CODES.map((code) => [code, publicationsAs(code)] as const)
        .filter(([, publications]) => publications.length > 0)
        .map(([code, publications]) => [
          link(code, 'errors/'),
          [...new Set(publications.map(({ surface }) => surface.title))].join(', '),
          [...new Set(publications.map(({ error }) => link(error, 'errors/')))].join(', '),
        ]),
    ),
  ].join('\n\n');
}

/** The body that a surface answers for the example of an error. */
export function exampleBody(error: ErrorCode, surface: Surface): object {
  const data = errorExample(error);
  const { code } = publishedCode(surface.errors, error);
  const body = surface.envelope.failure(
    { code, ...published(data, surface, 'en') },
    { language: 'en', says: 'ok', url: EXAMPLE_PATH, publicOrigin: () => '' },
  );
  return 'timestamp' in body ? { ...body, timestamp: EXAMPLE_TIME } : body;
}

function catalogued(error: ErrorCode): string[] {
  const { means, causes, remedies } = ERROR_PROSE[error];
  return [
    `${means}.`,
    table(
      ['Surface', 'Status', 'Code'],
      ALL_SURFACES.flatMap((surface) =>
        of(error, surface).map(({ status, code, resources }) => [
          surface.title,
          statusLine(status),
          hasCodes(surface) ? `\`${code}\`${about(resources)}` : 'none',
        ]),
      ),
    ),
    '## Why',
    list(causes),
    '## What to do',
    list(remedies),
    '## What is answered',
    'In the language that `Accept-Language` asks for; here in English.',
    ...examples(error),
  ];
}

/** Surfaces that answer the same are shown once. */
function examples(error: ErrorCode): string[] {
  const shown = Map.groupBy(ALL_SURFACES, (surface) => {
    const { status } = publishedCode(surface.errors, error);
    const head = [`HTTP/1.1 ${statusLine(status)}`, ...headers(errorExample(error))].join('\n');
    return `\`\`\`http\n${head}\n\`\`\`\n\n\`\`\`json\n${JSON.stringify(exampleBody(error, surface), null, 2)}\n\`\`\``;
  });
  return [...shown].flatMap(([text, surfaces]) => [
    `### ${surfaces.map(({ title }) => title).join(', ')}`,
    text,
  ]);
}

function headers({ code, retryAfter }: DomainErrorData): string[] {
  return [
    ...(retryAfter !== undefined ? [`Retry-After: ${retryAfter}`] : []),
    ...(code === 'UNAUTHENTICATED' ? ['WWW-Authenticate: Bearer realm="signalbox"'] : []),
    ...(code === 'METHOD_NOT_ALLOWED' ? ['Allow: GET, HEAD'] : []),
  ];
}

/** What a code in an answer may mean, other than what the page has told already. */
function standsFor(code: string, told: ErrorCode | undefined): string[] {
  const others = publicationsAs(code).filter(({ error }) => error !== told);
  if (others.length === 0) return [];
  return [
    ...(told ? ['## Published for other errors too'] : []),
    `\`${code}\` in an answer means:`,
    table(
      ['Error', 'Means', 'Surfaces', 'Status'],
      [...Map.groupBy(others, meaningOf)].map(([meaning, same]) => [
        ...meaning.split('\n', 2),
        same.map(({ surface }) => surface.title).join(', '),
        statusLine(same[0]?.status ?? 0),
      ]),
    ),
  ];
}

/** The cells that publications on several surfaces share. */
function meaningOf({ error, status, resources }: Publication): string {
  return [`${link(error, '')}${about(resources)}`, ERROR_PROSE[error].means, status].join('\n');
}

function publicationsAs(code: string): Publication[] {
  return PUBLICATIONS.filter((one) => one.code === code && hasCodes(one.surface));
}

/** The plain one first, then those of what the error is about. */
function of(error: ErrorCode, surface: Surface): Publication[] {
  const { codes, ofResource } = surface.errors;
  const special = Object.entries(ofResource?.[error] ?? {}) as [ResourceKind, PublishedCode][];
  const bySpecial = Map.groupBy(special, ([, { code }]) => code);
  return [
    { error, surface, ...codes[error], resources: [] },
    ...[...bySpecial].map(([code, rows]) => ({
      error,
      surface,
      code,
      status: rows[0]?.[1].status ?? codes[error].status,
      resources: rows.map(([resource]) => resource),
    })),
  ];
}

function inShort({ surface, status, code, resources }: Publication): string {
  return hasCodes(surface) ? `${status} \`${code}\`${about(resources)}` : String(status);
}

function about(resources: readonly ResourceKind[]): string {
  return resources.length === 0 ? '' : ` (${resources.map((one) => one.replaceAll('_', ' ')).join(', ')})`;
}

const statusLine = (status: number): string => `${status} ${STATUS_CODES[status] ?? ''}`;
const link = (code: string, folder: string): string => `[\`${code}\`](${folder}${code}.md)`;
const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
